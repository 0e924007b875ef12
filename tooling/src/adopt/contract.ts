import { Refusal } from '../refusal.ts';
import type { OpenApi, Operation, Schema } from './document.ts';

/** A POST operation that becomes a metered procedure. `name` is the one of its types, its procedure and its file. */
export interface Adopted {
  readonly name: string;
  readonly path: string;
}

export interface Contract {
  /** What goes into packages/ml-client: the adopted operations, the schemas that they use, and the table of errors. */
  readonly document: OpenApi;
  readonly adopted: readonly Adopted[];
  /** What stays outside, and why. */
  readonly refused: readonly { readonly operation: string; readonly why: string }[];
}

/** Names that the router has already. */
const TAKEN = new Set(['account', 'admin', 'operator']);
const ERROR_SCHEMAS = ['ErrorReply', 'ErrorBody', 'ErrorCode'] as const;
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const JSON_TYPE = 'application/json';

/** Takes what a metered procedure can carry out of a document. `errors` is the contract that ships: both hops share its table. */
export function contractOf(document: OpenApi, errors: OpenApi): Contract {
  const found = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        path,
        operation,
        title: `${method.toUpperCase()} ${path}`,
        why: whyNot(method, operation),
      })),
  );
  const kept = found.filter(({ why }) => why === undefined);
  if (kept.length === 0) throw new Refusal(`There is nothing to adopt. ${found.map(told).join(' ')}`.trim());
  const names = kept.map(({ path, operation }) => shortName(path, operation));
  const adopted = kept.map(({ path, operation }, index) => {
    const short = names[index] ?? '';
    const isUnique = names.indexOf(short) === names.lastIndexOf(short) && !TAKEN.has(short);
    return { path, operation, name: isUnique ? short : camelCase(`${operation.operationId ?? path} post`) };
  });
  const paths = Object.fromEntries(
    adopted.map(({ path, operation, name }) => [path, { post: spoken({ ...operation, operationId: name }) }]),
  );
  const { openapi, info, components } = document;
  const schemas = used(paths, { ...components?.schemas, ...errorSchemas(document, errors) });
  return {
    document: { openapi, info, paths, components: { schemas } },
    adopted: adopted.map(({ name, path }) => ({ name, path })),
    refused: found.flatMap(({ title, why }) => (why === undefined ? [] : [{ operation: title, why }])),
  };
}

const told = ({ title, why = '' }: { title: string; why?: string | undefined }): string => `${title}: ${why}.`;

/** Undefined: a metered procedure can carry it. */
function whyNot(method: string, operation: Operation): string | undefined {
  if (method !== 'post') return 'only a POST is a run that somebody pays for; serve the rest from elsewhere';
  const required = operation.parameters?.find(({ in: place, required }) => place === 'path' || required);
  if (required) return `its ${required.in} parameter "${required.name}" would be lost: take it into the body`;
  const taken = Object.keys(operation.requestBody?.content ?? {});
  if (taken.includes('multipart/form-data'))
    return 'it takes a file upload, and the first hop refuses multipart before it has a body: take the bytes as base64 in JSON';
  if (!operation.requestBody?.content?.[JSON_TYPE]?.schema) return `it takes ${taken.join(', ') || 'no body'}, and not JSON`;
  const reply = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith('2'))?.[1];
  const given = Object.keys(reply?.content ?? {});
  if (!reply?.content?.[JSON_TYPE]?.schema) return `it replies with ${given.join(', ') || 'no body'}, and not JSON`;
  return undefined;
}

/** FastAPI's own ids are the function's name, the path and the method: the name says enough. */
function shortName(path: string, { operationId = path }: Operation): string {
  const suffix = `${path.replaceAll(/\W/g, '_')}_post`;
  return camelCase(operationId.endsWith(suffix) ? operationId.slice(0, -suffix.length) : operationId);
}

/** Lower case but for the first letter of each word after the first: the generator makes its types of the same words. */
function camelCase(text: string): string {
  const words = text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').match(/[A-Za-z][A-Za-z0-9]*/g) ?? [];
  const [first = 'run', ...others] = words.map((word) => word.toLowerCase());
  return [first, ...others.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

/** Its good reply, and for all others the table's. */
function spoken(operation: Operation): Operation {
  const good = Object.entries(operation.responses ?? {}).filter(([status]) => status.startsWith('2'));
  const error = {
    description: 'In the words of the table',
    content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/ErrorReply' } } },
  };
  return { ...operation, responses: { ...Object.fromEntries(good), default: error } };
}

function errorSchemas({ components }: OpenApi, errors: OpenApi): Record<string, Schema> {
  return Object.fromEntries(
    ERROR_SCHEMAS.map((name) => {
      const ours = errors.components?.schemas?.[name];
      const theirs = components?.schemas?.[name];
      if (!ours) throw new Error(`the contract that ships has no ${name}`);
      if (theirs && JSON.stringify(theirs) !== JSON.stringify(ours))
        throw new Refusal(`${name} is the name of a schema of both hops: give yours another.`);
      return [name, ours];
    }),
  );
}

/** The schemas that something refers to, however far away. */
function used(paths: object, schemas: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/#\/components\/schemas\/([\w.-]+)/g)) {
      if (names.has(name)) continue;
      names.add(name);
      collect(schemas[name] ?? {});
    }
  };
  collect(paths);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => names.has(name)));
}
