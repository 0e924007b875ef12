import { expect, test } from 'vitest';
import { contractOf } from './contract.ts';
import type { OpenApi, Operation } from './document.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema: schema as Record<string, unknown> } } });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const errors: OpenApi = {
  openapi: '3.1.0',
  info: { title: 'ours', version: '1' },
  paths: {},
  components: { schemas: { ErrorReply: reference('ErrorBody'), ErrorBody: reference('ErrorCode'), ErrorCode: { enum: ['a'] } } },
};

const documentOf = (operations: Record<string, Operation>, schemas: OpenApi['components'] = {}): OpenApi => ({
  openapi: '3.1.0',
  info: { title: 'theirs', version: '2' },
  paths: Object.fromEntries(Object.entries(operations).map(([path, post]) => [path, { post }])),
  components: schemas,
});

const sound: Operation = { requestBody: json(reference('Ask')), responses: { 200: json({ type: 'string' }) } };
const whyOf = (operation: Operation) =>
  contractOf(documentOf({ '/x': operation, '/sound': sound }), errors).refused.map(({ why }) => why);

test.each([
  ['label_picture_pictures_label_post', '/pictures/label', 'labelPicture'],
  ['classifyHTML', '/c', 'classifyHtml'],
  ['describe', '/v1/describe', 'describe'],
  ['account', '/account', 'accountPost'],
  [undefined, '/v2/speech-to-text', 'v2SpeechToText'],
])('%s at %s becomes %s', (operationId, path, name) => {
  const operation = operationId === undefined ? sound : { ...sound, operationId };
  expect(contractOf(documentOf({ [path]: operation }), errors).adopted).toEqual([{ name, path }]);
});

test('two of one short name keep their long ones', () => {
  const operations = { '/a': { ...sound, operationId: 'run_a_post' }, '/b': { ...sound, operationId: 'run_b_post' } };
  expect(contractOf(documentOf(operations), errors).adopted.map(({ name }) => name)).toEqual(['runAPostPost', 'runBPostPost']);
});

test.each<[RegExp, Operation]>([
  [/file upload.*base64/, { ...sound, requestBody: { content: { 'multipart/form-data': {} } } }],
  [
    /takes application\/x-www-form-urlencoded/,
    { ...sound, requestBody: { content: { 'application/x-www-form-urlencoded': {} } } },
  ],
  [/takes no body/, { responses: sound.responses ?? {} }],
  [/replies with text\/event-stream/, { ...sound, responses: { 200: { content: { 'text/event-stream': {} } } } }],
  [/replies with no body/, { ...sound, responses: { 204: {} } }],
  [/path parameter "id"/, { ...sound, parameters: [{ name: 'id', in: 'path', required: true }] }],
  [/header parameter "x"/, { ...sound, parameters: [{ name: 'x', in: 'header', required: true }] }],
])('refused: %s', (why, operation) => {
  expect(whyOf(operation)).toEqual([expect.stringMatching(why)]);
});

test('an optional parameter is left out, and no reason to refuse', () => {
  expect(whyOf({ ...sound, parameters: [{ name: 'q', in: 'query' }] })).toEqual([]);
});

test('only what is used is taken over, and the errors of both hops', () => {
  const schemas = { Ask: reference('Inner'), Inner: { type: 'string' }, HTTPValidationError: {} };
  const { document } = contractOf(documentOf({ '/x': sound }, { schemas }), errors);
  expect(Object.keys(document.components?.schemas ?? {}).toSorted()).toEqual([
    'Ask',
    'ErrorBody',
    'ErrorCode',
    'ErrorReply',
    'Inner',
  ]);
});

test('a schema that takes the name of ours is refused, and the same one is not', () => {
  const taking = (schema: object) => () =>
    contractOf(documentOf({ '/x': sound }, { schemas: { ErrorBody: { ...schema } } }), errors);
  expect(taking({ type: 'string' })).toThrow('ErrorBody is the name of a schema of both hops');
  expect(taking(reference('ErrorCode'))).not.toThrow();
});

test('a document without any operation to adopt is refused with every reason', () => {
  const upload = { ...sound, requestBody: { content: { 'multipart/form-data': {} } } };
  expect(() => contractOf(documentOf({ '/upload': upload }), errors)).toThrow(
    /nothing to adopt. POST \/upload: it takes a file upload/,
  );
});
