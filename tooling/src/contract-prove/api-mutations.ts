import ts from 'typescript6';
import { bare, constants, named, nodesOf, propertyName, readApi, type ApiSource } from './api-source.ts';
import type { Mutation, Operator } from './mutation.ts';
import { renamedProperty, replaceNode, replaceSpan, revaluedProperty, withoutMember } from './source-edit.ts';

type Known = ReadonlyMap<string, ts.Expression>;

/** Every change of the first hop's contract that packages/api lets one make: read from its syntax, so nothing is listed by hand. */
export async function apiMutations(folder: string): Promise<Mutation[]> {
  const sources = await readApi(folder);
  const known = constants(sources);
  const replies = outputsOf(sources, known);
  return sources.flatMap((source) =>
    [...nodesOf(source.tree)].flatMap((node) => {
      const mutate = mutatorOf(source);
      if (ts.isTypeAliasDeclaration(node)) return tableMutations(node, { sources, known });
      if (ts.isInterfaceDeclaration(node)) return isWireFault(node, sources) ? interfaceMutations(source, node, mutate) : [];
      if (!ts.isCallExpression(node)) return [];
      const called = node.expression.getText(source.tree);
      const [argument] = node.arguments;
      if (called.endsWith('.mutation')) return [swapped(source, node, mutate)];
      if (argument && ts.isObjectLiteralExpression(argument)) {
        if (called === 't.router') return argument.properties.flatMap((each) => routeMutations(source, each, mutate));
        if (/^z\.(strict|loose)?object$/i.test(called)) return schemaMutations({ source, known, replies, mutate }, argument);
      }
      if (called === 'z.enum' && argument && ts.isArrayLiteralExpression(argument)) {
        return argument.elements.map((each) => mutate('drop value', each, withoutMember(source, each)));
      }
      return [];
    }),
  );
}

type Mutate = (operator: Operator, node: ts.Node, text: string) => Mutation;

const mutatorOf =
  ({ file, tree }: ApiSource): Mutate =>
  (operator, node, text) => {
    const target = placeOf(node, tree);
    return { hop: 1, operator, target, word: target.replace(/^.*\./, ''), file, text };
  };

/** `Receipt.computeUs`: the names of the declaration and the properties around a node. */
function placeOf(node: ts.Node, tree: ts.SourceFile): string {
  const names: string[] = [];
  for (let each: ts.Node | undefined = node; each; each = each.parent) {
    if (ts.isVariableDeclaration(each) || ts.isInterfaceDeclaration(each)) names.unshift(each.name.getText(tree));
    else if (ts.isObjectLiteralElement(each) || ts.isTypeElement(each)) names.unshift(each.name?.getText(tree) ?? '');
    else if (ts.isStringLiteral(each)) names.unshift(each.text);
  }
  return names.join('.');
}

/** The schemas that replies are made of: what stands in `.output(…)`, and what that names. */
function outputsOf(sources: readonly ApiSource[], known: Known): Set<string> {
  const replies = new Set<string>();
  for (const { tree } of sources) {
    for (const node of nodesOf(tree)) {
      const isOutput =
        ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'output';
      if (isOutput) node.arguments.forEach((argument) => named(argument, known, replies));
    }
  }
  return replies;
}

interface Schemas {
  readonly source: ApiSource;
  readonly known: Known;
  readonly replies: ReadonlySet<string>;
  readonly mutate: Mutate;
}

function schemaMutations({ source, known, replies, mutate }: Schemas, schema: ts.ObjectLiteralExpression): Mutation[] {
  const isReply = [...ancestors(schema)].some(
    (each) => ts.isVariableDeclaration(each) && replies.has(each.name.getText(source.tree)),
  );
  const perProperty = schema.properties.flatMap((property) => {
    const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
    if (!value) return [];
    const text = spelledOut(value as ts.Expression, known);
    const isOptional = /\.(default|optional|nullish)\(/.test(text);
    const change = (operator: Operator, by: (present: string) => string) =>
      mutate(operator, property, revaluedProperty(source, property, by));
    return [
      mutate('rename', property, renamedProperty(source, property)),
      mutate('drop', property, withoutMember(source, property)),
      change('retype', () => (/^z\s*\.(string|uuid|iso|email|url|enum|literal)\b/.test(text) ? 'z.number()' : 'z.string()')),
      ...(isReply && !isOptional ? [change('make optional', (present) => `(${present}).optional()`)] : []),
      ...(!isReply && isOptional ? [change('make required', (present) => `(${present}).unwrap()`)] : []),
    ];
  });
  if (isReply) return perProperty;
  const start = schema.getStart(source.tree) + 1;
  return [...perProperty, mutate('add required', schema, replaceSpan(source, [start, start], ' mutationAdded: z.string(),'))];
}

/** The text of a schema, with names replaced by what they stand for, a call by what the function returns. */
function spelledOut(node: ts.Expression, known: Known): string {
  const callee = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression : node;
  const target = ts.isIdentifier(callee) ? known.get(callee.text) : undefined;
  if (!target) return node.getText();
  return ts.isArrowFunction(target) ? target.body.getText() : spelledOut(target, known);
}

function* ancestors(node: ts.Node): Generator<ts.Node> {
  for (let each: ts.Node | undefined = node; each; each = each.parent) yield each;
}

const routeMutations = (source: ApiSource, route: ts.ObjectLiteralElementLike, mutate: Mutate): Mutation[] => [
  mutate('drop route', route, withoutMember(source, route)),
  mutate('rename route', route, renamedProperty(source, route)),
];

function swapped(source: ApiSource, call: ts.CallExpression, mutate: Mutate): Mutation {
  const { name } = call.expression as ts.PropertyAccessExpression;
  return mutate('swap query and mutation', call, replaceNode(source, name, 'query'));
}

/** `type ErrorCode = keyof typeof errors`: the keys of that table are an enum of the contract. */
function tableMutations(
  alias: ts.TypeAliasDeclaration,
  { sources, known }: { sources: readonly ApiSource[]; known: Known },
): Mutation[] {
  const table = /^keyof typeof (\w+)$/.exec(alias.type.getText())?.[1];
  const literal = table === undefined ? undefined : known.get(table);
  const object = literal && bare(literal);
  const source = sources.find(({ tree }) => tree === object?.getSourceFile());
  if (!object || !source || !ts.isObjectLiteralExpression(object)) return [];
  const mutate = mutatorOf(source);
  const drops = object.properties.map((row) => mutate('drop value', row, withoutMember(source, row)));
  const [first] = object.properties;
  if (!first || !ts.isPropertyAssignment(first)) return drops;
  const row = `'mutation.added': ${first.initializer.getText(source.tree)}, `;
  return [
    ...drops,
    mutate('add value', object, replaceSpan(source, [first.getStart(source.tree), first.getStart(source.tree)], row)),
  ];
}

/** What the `errorFormatter` sends of a failure: the interface that the function it calls returns. */
function isWireFault(node: ts.InterfaceDeclaration, sources: readonly ApiSource[]): boolean {
  const formatter = sources
    .flatMap(({ tree }) => [...nodesOf(tree)])
    .find((each) => ts.isPropertyAssignment(each) && propertyName(each) === 'errorFormatter');
  if (!formatter) return false;
  const called = [...nodesOf(formatter)].flatMap((each) => (ts.isCallExpression(each) ? [each.expression.getText()] : []));
  const functions = sources.flatMap(({ tree }) => [...nodesOf(tree)].filter((each) => ts.isFunctionDeclaration(each)));
  return functions.some((each) => called.includes(each.name?.text ?? '') && each.type?.getText() === node.name.text);
}

function interfaceMutations(source: ApiSource, node: ts.InterfaceDeclaration, mutate: Mutate): Mutation[] {
  return node.members.flatMap((member) => {
    if (!ts.isPropertySignature(member) || !member.type) return [];
    const retyped = member.type.kind === ts.SyntaxKind.NumberKeyword ? 'string' : 'number';
    const optional = replaceNode(source, member.name, `${member.name.getText(source.tree)}?`);
    return [
      mutate('rename', member, renamedProperty(source, member)),
      mutate('drop', member, withoutMember(source, member)),
      mutate('retype', member, replaceNode(source, member.type, retyped)),
      ...(member.questionToken ? [] : [mutate('make optional', member, optional)]),
    ];
  });
}
