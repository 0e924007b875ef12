import { readFileSync } from 'node:fs';
import { TRPCError } from '@trpc/server';
import { StoreDown } from '@twohop/quota';
import { describe, expect, it } from 'vitest';
import { errorCodes, errors } from './errors.ts';
import { Fault, faultOf } from './fault.ts';
import { HighlightsInput } from './schemas.ts';

const caused = (code: TRPCError['code'], cause?: unknown) => new TRPCError({ code, cause });

describe('faultOf', () => {
  it('gives a fault as it was thrown', () => {
    expect(faultOf(new Fault('limit.rate', { retryAfterMs: 3 }), 'r')).toEqual({
      code: 'limit.rate',
      message: errors['limit.rate'].message,
      retryAfterMs: 3,
    });
  });

  it.each([
    [{ text: '' }, 'input.invalid', 'text', 'text: must not be empty'],
    [{ text: ' \n ' }, 'input.invalid', 'text', 'text: must not be blank'],
    [{ text: 'x'.repeat(100_001) }, 'input.too_large', 'text', 'text: must have at most 100000 characters'],
    [{ text: 'a\ud800b' }, 'input.invalid', 'text', 'text: must be well-formed Unicode: it has a lone surrogate'],
    [{ text: 'a\0b' }, 'input.invalid', 'text', 'text: must not contain null bytes'],
    [{ text: 'ok', colour: 'red' }, 'input.invalid', 'colour', 'colour: is not a known field'],
    [{ text: 'ok', count: 51 }, 'input.invalid', 'count', 'count: Too big: expected number to be <=50'],
    [{}, 'input.invalid', 'text', 'text: Invalid input: expected string, received undefined'],
    ['text', 'input.invalid', 'body', 'body: Invalid input: expected object, received string'],
  ])('names the field of %j', (input, code, field, message) => {
    const parsed = HighlightsInput.safeParse(input);
    expect(faultOf(caused('BAD_REQUEST', parsed.error), 'r')).toEqual({ code, field, message });
  });

  it('masks what is our own bug, also a reply that breaks our schema', () => {
    const masked = { code: 'internal.bug', message: errors['internal.bug'].message, reference: 'r' };
    expect(faultOf(caused('INTERNAL_SERVER_ERROR', new Error('the password is 123')), 'r')).toEqual(masked);
    expect(faultOf(caused('INTERNAL_SERVER_ERROR', HighlightsInput.safeParse({}).error), 'r')).toEqual(masked);
  });

  it('a store that is down is nobody’s bug', () => {
    expect(faultOf(caused('INTERNAL_SERVER_ERROR', new StoreDown('x')), 'r')).toMatchObject({
      code: 'limit.store_down',
      retryAfterMs: 1_000,
    });
  });

  it.each([
    ['NOT_FOUND', 'request.not_found'],
    ['METHOD_NOT_SUPPORTED', 'request.not_found'],
    ['PARSE_ERROR', 'input.invalid'],
    ['PAYLOAD_TOO_LARGE', 'input.too_large'],
    ['UNSUPPORTED_MEDIA_TYPE', 'request.media_type'],
  ] as const)('knows tRPC’s own %s', (code, ours) => {
    expect(faultOf(caused(code), 'r').code).toBe(ours);
  });
});

describe('the table', () => {
  it('is mirrored by the model’s contract: the same codes', () => {
    const contract = JSON.parse(readFileSync(new URL('../../../ml-service/openapi.json', import.meta.url), 'utf8')) as {
      components: { schemas: { ErrorCode: { enum: string[] } } };
    };
    expect(contract.components.schemas.ErrorCode.enum.toSorted()).toEqual(errorCodes.toSorted());
  });

  it('who may ask again later is told so by 429 or 503, and only a failed model is charged to the cap', () => {
    const rows = Object.values(errors);
    expect(new Set(rows.filter(({ retry }) => retry === 'after').map(({ http }) => http))).toEqual(new Set([429, 503]));
    expect(new Set(rows.filter(({ charged }) => charged === 'cap').map(({ owner }) => owner))).toEqual(new Set(['upstream']));
  });
});
