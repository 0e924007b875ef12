import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript6';
import { workspaceFiles } from '../workspace-files.ts';

/** A source of packages/api, parsed; `file` is its path from the root of the workspace. */
export interface ApiSource {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export async function readApi(folder: string): Promise<ApiSource[]> {
  const files = (await workspaceFiles(folder)).filter(
    (file) => file.startsWith('packages/api/src/') && !file.endsWith('.test.ts') && !file.includes('/testing/'),
  );
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
    }),
  );
}

/** Every node below, itself included. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** `const name = …` at the top of the sources, by name: the sources of one package use a name for one thing. */
export function constants(sources: readonly ApiSource[]): Map<string, ts.Expression> {
  const statements = sources.flatMap(({ tree }) => tree.statements.filter((each) => ts.isVariableStatement(each)));
  const declared = statements.flatMap(({ declarationList }) => declarationList.declarations);
  return new Map(
    declared.flatMap(({ name, initializer }) => (ts.isIdentifier(name) && initializer ? [[name.text, initializer]] : [])),
  );
}

/** Takes off `as const`, `satisfies …` and parentheses. */
export function bare(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)
    ? bare(node.expression)
    : node;
}

/** What a property is called, for `name: …` and the shorthand `name`. */
export function propertyName(property: ts.ObjectLiteralElementLike | ts.TypeElement): string | undefined {
  const { name } = property;
  if (!name) return undefined;
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : undefined;
}

/** `a.name` and `name: …` name a property, not a constant. */
const isPropertyName = (node: ts.Identifier) =>
  (ts.isPropertyAssignment(node.parent) || ts.isPropertyAccessExpression(node.parent)) && node.parent.name === node;

/** The constants that a node names, and those that they name in turn. */
export function named(node: ts.Node, known: ReadonlyMap<string, ts.Expression>, seen = new Set<string>()): Set<string> {
  for (const inner of nodesOf(node)) {
    if (!ts.isIdentifier(inner) || seen.has(inner.text) || isPropertyName(inner)) continue;
    const target = known.get(inner.text);
    if (!target) continue;
    seen.add(inner.text);
    named(target, known, seen);
  }
  return seen;
}
