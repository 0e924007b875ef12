import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../root.ts';
import { apiMutations } from './api-mutations.ts';
import { openLane, type Lane } from './lane.ts';
import type { Mutation } from './mutation.ts';
import { openapiMutations } from './openapi-mutations.ts';
import { fewest, prove, spread } from './prove.ts';

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

const document = {
  paths: {
    '/v1/marks': { post: { requestBody: json(reference('Ask')), responses: { 200: json(reference('Reply')) } } },
    '/healthz': { get: { responses: { 200: json({ type: 'object', properties: { up: { type: 'boolean' } } }) } } },
  },
  components: {
    schemas: {
      Ask: { type: 'object', properties: { text: { type: 'string' }, count: { type: 'integer' } }, required: ['text'] },
      Reply: { type: 'object', properties: { marks: { type: 'array', items: reference('Mark') } }, required: ['marks'] },
      Mark: { type: 'object', properties: { kind: reference('Kind') }, required: ['kind'] },
      Kind: { type: 'string', enum: ['key', 'quote'] },
    },
  },
};

describe('mutations of the OpenAPI file', () => {
  const { mutations, exclusions } = openapiMutations(JSON.stringify(document));
  const targets = (operator: string) => mutations.filter((each) => each.operator === operator).map(({ target }) => target);
  const schemasAfter = (operator: string, target: string) => {
    const found = mutations.find((each) => each.operator === operator && each.target === target);
    return (JSON.parse(found?.text ?? '{}') as typeof document).components.schemas;
  };

  test('every property of a request and a reply is attacked, however deep', () => {
    expect(targets('rename')).toEqual(['Ask.text', 'Ask.count', 'Reply.marks', 'Mark.kind']);
    expect(targets('drop')).toEqual(targets('rename'));
    expect(targets('retype')).toEqual(targets('rename'));
  });

  test('what is optional is made required in requests, what is required optional in replies', () => {
    expect(targets('make required')).toEqual(['Ask.count']);
    expect(targets('add required')).toEqual(['Ask']);
    expect(targets('make optional')).toEqual(['Reply.marks', 'Mark.kind']);
  });

  test('every value of an enum goes, and one comes', () => {
    expect(targets('drop value')).toEqual(['Kind["key"]', 'Kind["quote"]']);
    expect(schemasAfter('add value', 'Kind').Kind.enum).toEqual(['key', 'quote', 'mutation.added']);
  });

  test('a route goes with the schemas that nothing else uses', () => {
    expect(targets('drop route')).toEqual(['/v1/marks']);
    expect(schemasAfter('drop route', '/v1/marks')).toEqual({});
  });

  test('what is left alone is named', () => {
    expect(exclusions.map(({ target }) => target)).toContain('hop 2: /healthz');
  });
});

describe('the proof', () => {
  test('a quick one catches a spread of all mutations over both hops', async () => {
    const { caught, survivors } = await prove(root, { quick: true, tell: () => undefined });
    expect(survivors).toEqual([]);
    expect(caught.length).toBeGreaterThanOrEqual(fewest);
  }, 900_000);

  test('a spread holds every operator of both hops', async () => {
    const all = [...(await apiMutations(root)), ...openapiMutations(JSON.stringify(document)).mutations];
    const kinds = (list: readonly Mutation[]) => new Set(list.map(({ hop, operator }) => `${hop} ${operator}`));
    expect(kinds(spread(all, 34))).toEqual(kinds(all));
  });
});

describe('a user that takes the contract for `any`', () => {
  let lane: Lane;
  let mutation: Mutation;

  beforeAll(async () => {
    lane = await openLane(root);
    const { mutations } = openapiMutations(await readFile(join(root, 'ml-service/openapi.json'), 'utf8'));
    const found = mutations.find(({ operator, target }) => operator === 'rename' && target.endsWith('.sentences'));
    if (!found) throw new Error('no reply of the model counts its sentences any more: choose another property for this test');
    mutation = found;
  });
  afterAll(() => lane.close());

  test('lets a mutation survive that is caught otherwise', async () => {
    const finding = await lane.attempt(mutation);
    expect(finding?.user).toBe('packages/api');
    const path = join(lane.folder, finding?.error.replace(/\(.*$/s, '') ?? '');
    const source = await readFile(path, 'utf8');
    const blind = source.replaceAll(/([\w.]*\bbody)\.sentences/g, '($1 as any).sentences');
    expect(blind).not.toBe(source);
    await writeFile(path, blind);
    expect(await lane.attempt(mutation)).toBeNull();
  });
});
