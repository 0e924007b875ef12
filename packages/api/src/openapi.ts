import type { AnyTRPCProcedure } from '@trpc/server';
import { z } from 'zod';
import { errorCodes, errors } from './errors.ts';
import type { FaultDetails } from './fault.ts';
import { appRouter } from './index.ts';
import * as operatorSchemas from './operator-schemas.ts';
import { Receipt } from './receipt.ts';
import * as schemas from './schemas.ts';

type Json = Record<string, unknown>;

interface Call {
  readonly path: string;
  readonly type: 'query' | 'mutation';
  readonly input: z.ZodType | undefined;
  readonly output: z.ZodType;
}

/** Without what answers in events: its wire format is tRPC's own, and the SDK reads it. */
const calls: readonly Call[] = Object.entries<AnyTRPCProcedure>(
  appRouter._def.procedures as object as Record<string, AnyTRPCProcedure>,
).flatMap(([path, { _def }]) => {
  const { type, inputs, output } = _def as unknown as { type: Call['type']; inputs: z.ZodType[]; output?: z.ZodType };
  return output ? [{ path, type, input: inputs[0], output }] : [];
});

const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json) => ({ 'application/json': { schema } });
const object = (properties: Json) => ({ type: 'object', required: Object.keys(properties), properties });
const nameOf = (path: string): string => path.replaceAll(/(?:^|\.)(\w)/g, (_all, letter: string) => letter.toUpperCase());

/**
 * The first hop as OpenAPI 3.1, for clients in other languages: each call's schemas are those that the server checks with, under
 * their names in schemas.ts.
 */
export function openapi(): Json {
  const named = namedSchemas();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Twohop, first hop',
      version: '0.0.0',
      description:
        'Every call of a Twohop server that gives one answer. Long texts in parts are read through @twohop/sdk. Failures carry a stable code in error.data.twohop.',
    },
    security: [{ idToken: [] }],
    paths: Object.fromEntries(calls.map((call) => [`/trpc/${call.path}`, operation(call, named)])),
    components: {
      securitySchemes: { idToken: { type: 'http', scheme: 'bearer', description: "The ID token of the app's own sign-in." } },
      schemas: { ...jsonSchemas(named), Fault: faultSchema, Refusal: refusalSchema },
      responses: responses(),
    },
  };
}

type Named = ReadonlyMap<z.ZodType, string>;

/** By the name of the export; what a procedure makes of one of them is named after the call. */
function namedSchemas(): Named {
  const exported = Object.entries({ ...schemas, ...operatorSchemas, Receipt }).map(
    ([name, schema]) => [schema as z.ZodType, name] as const,
  );
  const own = calls.flatMap(({ path, input }) => (input ? [[input, `${nameOf(path)}Input`] as const] : []));
  const all = new Map([...own, ...exported]);
  all.delete(schemas.HighlightsEvent);
  if (new Set(all.values()).size < all.size) throw new Error('two schemas of the contract have one name');
  return all;
}

function jsonSchemas(named: Named): Json {
  const both = (['input', 'output'] as const).flatMap((io) => {
    const registry = z.registry<{ id: string }>();
    for (const [schema, id] of named) registry.add(schema, { id });
    const { schemas: written } = z.toJSONSchema(registry, { io, uri: (id) => refTo(id).$ref });
    // A default is the caller's to leave out; in an answer it would always be there.
    return Object.entries(written).filter(([id]) => (io === 'input') === id.endsWith('Input'));
  });
  return Object.fromEntries(
    both.map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function operation({ path, type, input, output }: Call, named: Named): Json {
  const [first, ...rest] = path.split('.');
  const operationId = [first, ...rest.map(nameOf)].join('');
  const answer = object({ result: object({ data: refTo(named.get(output) ?? '') }) });
  const refusals = Object.fromEntries(statuses().map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]));
  const common = { operationId, tags: [first], responses: { 200: { description: 'OK', content: json(answer) }, ...refusals } };
  const body = input && json(refTo(named.get(input) ?? ''));
  if (type === 'query') {
    const parameter = body && { name: 'input', in: 'query', required: true, description: 'As JSON.', content: body };
    return { get: { ...common, ...(parameter && { parameters: [parameter] }) } };
  }
  return { post: { ...common, parameters: [idempotencyKey], ...(body && { requestBody: { required: true, content: body } }) } };
}

const idempotencyKey = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  description: 'A UUID, the same for every attempt of one run: a run that did happen is then not paid twice.',
  schema: { type: 'string' },
};

const statuses = (): number[] => [...new Set(Object.values(errors).map(({ http }) => http))].toSorted((a, b) => a - b);

const responses = (): Json =>
  Object.fromEntries(
    statuses().map((status) => {
      const rows = errorCodes.filter((code) => errors[code].http === status);
      const description = rows.map((code) => `${code}: ${errors[code].message}`).join('\n');
      return [`Refused${status}`, { description, content: json(refTo('Refusal')) }];
    }),
  );

const text = { type: 'string' };
const faultSchema = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', enum: errorCodes },
    message: text,
    field: { ...text, description: 'The input field, or the header, that is wrong.' },
    retryAfterMs: { type: 'integer', minimum: 0 },
    resetsAt: { ...text, format: 'date-time', description: 'When the budget is new again.' },
    limit: { ...text, description: 'The limit that refused.' },
    reference: { ...text, description: "Names the server's log entry." },
    receipt: refTo('Receipt'),
  } satisfies Record<keyof FaultDetails, Json>,
};

const refusalSchema = object({
  error: object({
    message: text,
    code: { type: 'integer' },
    data: object({ httpStatus: { type: 'integer' }, twohop: refTo('Fault') }),
  }),
});
