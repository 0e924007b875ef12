import type { Exclusion, Mutation, Operator } from './mutation.ts';

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;
type JsonObject = { [key: string]: Json };
type Path = readonly (string | number)[];

/** A schema that requests or replies are made of, where it stands in the document. */
interface Found {
  readonly path: Path;
  readonly name: string;
  readonly sent: 'request' | 'reply';
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (document: Json, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((value, key) => (value as Record<string | number, Json> | undefined)?.[key], document);

/** Every change of the second hop's contract that its document lets one make: derived, so a new field is attacked by itself. */
export function openapiMutations(
  text: string,
  file = 'ml-service/openapi.json',
): { mutations: Mutation[]; exclusions: Exclusion[] } {
  const document = JSON.parse(text) as JsonObject;
  const routes = Object.keys((document['paths'] ?? {}) as JsonObject);
  const called = routes.filter((route) => at(document, ['paths', route, 'post']));
  const found = called.flatMap((route) => operationsOf(document, route)).flatMap((start) => reach(document, start));
  const schemas = [...new Map(found.map((each) => [`${each.sent} ${each.path.join('/')}`, each])).values()];
  const mutate = mutatorOf(document, file);
  return {
    mutations: [
      ...called.flatMap((route) => routeMutations(mutate, route)),
      ...schemas.flatMap((each) => schemaMutations(document, mutate, each)),
    ],
    exclusions: [
      ...routes
        .filter((route) => !called.includes(route))
        .map((route) => ({ target: `hop 2: ${route}`, why: 'for probes and operators: no typed client calls it' })),
      { target: 'hop 2: paths of routes', why: 'the generated client follows them: an operation is known by its name' },
      { target: 'hop 2: integer → number', why: 'TypeScript has one type for both; the validator of replies tells them apart' },
      {
        target: 'hop 2: headers',
        why: 'plain HTTP, outside the generated types; the tests of ml-client and ml-service hold them',
      },
    ],
  };
}

type Mutate = (operator: Operator, target: string, edit: (clone: JsonObject) => void) => Mutation;

const mutatorOf =
  (document: JsonObject, file: string): Mutate =>
  (operator, target, edit) => {
    const clone = structuredClone(document);
    edit(clone);
    prune(clone);
    const word =
      target
        .split(/[./[\]]+/)
        .filter(Boolean)
        .at(-1) ?? target;
    return { hop: 2, operator, target, word, file, text: JSON.stringify(clone, null, 2) };
  };

function routeMutations(mutate: Mutate, route: string): Mutation[] {
  const paths = (clone: JsonObject) => clone['paths'] as JsonObject;
  return [
    mutate('drop route', route, (clone) => delete paths(clone)[route]),
    mutate('rename route', route, (clone) => {
      const operation = at(clone, ['paths', route, 'post']) as JsonObject;
      operation['operationId'] = `${operation['operationId'] as string}Renamed`;
    }),
  ];
}

function schemaMutations(document: JsonObject, mutate: Mutate, { path, name, sent }: Found): Mutation[] {
  const schema = at(document, path) as JsonObject;
  const edit = (operator: Operator, target: string, change: (schema: JsonObject) => void) =>
    mutate(operator, target, (clone) => change(at(clone, path) as JsonObject));
  if (Array.isArray(schema['enum'])) {
    const drops = schema['enum'].map((value) =>
      edit('drop value', `${name}[${JSON.stringify(value)}]`, (each) => {
        each['enum'] = (each['enum'] as Json[]).filter((other) => other !== value);
      }),
    );
    return [...drops, edit('add value', name, (each) => void (each['enum'] as Json[]).push('mutation.added'))];
  }
  const properties = Object.keys((schema['properties'] ?? {}) as JsonObject);
  const perProperty = properties.flatMap((property) =>
    propertyMutations({ schema, property, sent, target: `${name}.${property}` }, edit),
  );
  if (sent === 'reply' || properties.length === 0) return perProperty;
  const added = edit('add required', name, (each) => {
    (each['properties'] as JsonObject)['mutationAdded'] = { type: 'string' };
    each['required'] = [...((each['required'] ?? []) as Json[]), 'mutationAdded'];
  });
  return [...perProperty, added];
}

interface Property {
  readonly schema: JsonObject;
  readonly property: string;
  readonly sent: 'request' | 'reply';
  readonly target: string;
}
type Edit = (operator: Operator, target: string, change: (schema: JsonObject) => void) => Mutation;

function propertyMutations({ schema, property, sent, target }: Property, edit: Edit): Mutation[] {
  const required = ((schema['required'] ?? []) as Json[]).includes(property);
  const listOf = (each: JsonObject) => ((each['required'] ?? []) as Json[]).filter((name) => name !== property);
  const properties = (each: JsonObject) => each['properties'] as JsonObject;
  const mutations = [
    edit('rename', target, (each) => {
      properties(each)[`${property}Renamed`] = properties(each)[property] ?? null;
      delete properties(each)[property];
      each['required'] = required ? [...listOf(each), `${property}Renamed`] : listOf(each);
    }),
    edit('drop', target, (each) => {
      delete properties(each)[property];
      each['required'] = listOf(each);
    }),
    edit('retype', target, (each) => {
      properties(each)[property] = retyped(properties(each)[property] ?? null);
    }),
  ];
  if (sent === 'reply' && required) {
    mutations.push(edit('make optional', target, (each) => void (each['required'] = listOf(each))));
  }
  if (sent === 'request' && !required) {
    mutations.push(edit('make required', target, (each) => void (each['required'] = [...listOf(each), property])));
  }
  return mutations;
}

/** A number for a string, a string for all else; null stays allowed where it was. */
function retyped(schema: Json): Json {
  if (!isObject(schema)) return { type: 'string' };
  const variants = schema['anyOf'];
  if (Array.isArray(variants)) {
    return { anyOf: variants.map((each) => (isObject(each) && each['type'] === 'null' ? each : retyped(each))) };
  }
  return { type: schema['type'] === 'string' ? 'integer' : 'string' };
}

function operationsOf(document: JsonObject, route: string): Found[] {
  const methods = Object.keys(at(document, ['paths', route]) as JsonObject);
  return methods.flatMap((method) => {
    const path = ['paths', route, method];
    const replies = Object.keys((at(document, [...path, 'responses']) ?? {}) as JsonObject);
    const json = ['content', 'application/json', 'schema'];
    return [
      { path: [...path, 'requestBody', ...json], name: `${route} request`, sent: 'request' as const },
      ...replies.map((status) => ({
        path: [...path, 'responses', status, ...json],
        name: `${route} ${status}`,
        sent: 'reply' as const,
      })),
    ];
  });
}

/** The objects and enums that a schema is made of, following references. */
function reach(document: JsonObject, start: Found, seen = new Set<string>()): Found[] {
  const schema = at(document, start.path);
  if (!isObject(schema)) return [];
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const path = reference.replace('#/', '').split('/');
    if (seen.has(reference)) return [];
    seen.add(reference);
    return reach(document, { ...start, path, name: path.at(-1) ?? reference }, seen);
  }
  const deeper = (keys: Path, suffix: string) =>
    reach(document, { ...start, path: [...start.path, ...keys], name: `${start.name}${suffix}` }, seen);
  const own = isObject(schema['properties']) || Array.isArray(schema['enum']) ? [start] : [];
  const variants = ['anyOf', 'oneOf', 'allOf'].flatMap((key) =>
    Array.isArray(schema[key]) ? schema[key].map((_, index) => [key, index]) : [],
  );
  return [
    ...own,
    ...Object.keys((schema['properties'] ?? {}) as JsonObject).flatMap((name) => deeper(['properties', name], `.${name}`)),
    ...deeper(['items'], '[]'),
    ...variants.flatMap((keys) => deeper(keys, '')),
  ];
}

/** Takes out the schemas that nothing refers to any more, as the framework that writes the document would. */
function prune(document: JsonObject): void {
  const schemas = at(document, ['components', 'schemas']);
  if (!isObject(schemas)) return;
  const used = new Set<string>();
  const collect = (value: Json | undefined): void => {
    if (Array.isArray(value)) value.forEach(collect);
    if (!isObject(value)) return;
    const reference = value['$ref'];
    const name = typeof reference === 'string' ? reference.split('/').at(-1) : undefined;
    if (name !== undefined && !used.has(name)) {
      used.add(name);
      collect(schemas[name]);
    }
    Object.values(value).forEach(collect);
  };
  collect(document['paths']);
  for (const name of Object.keys(schemas)) if (!used.has(name)) delete schemas[name];
}
