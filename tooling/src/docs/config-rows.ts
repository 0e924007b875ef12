import ts from 'typescript6';

export interface ConfigRow {
  readonly field: string;
  /** The value that ships, in back-ticks; nothing for what is left out. */
  readonly ships: string;
  readonly text: string;
}

/** The fields of the schema `Config` in `source`, in its order, each with the comment above it and its value in `shipped`. */
export function configRows(source: string, shipped: object): ConfigRow[] {
  const tree = ts.createSourceFile('define-config.ts', source, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, ts.Expression>();
  tree.forEachChild((node) => {
    if (!ts.isVariableStatement(node)) return;
    for (const { name, initializer } of node.declarationList.declarations)
      if (initializer) constants.set(name.getText(tree), initializer);
  });
  const rows = fieldsOf(constants.get('Config'), { tree, constants, path: '', value: shipped });
  if (rows.length === 0) throw new Error('define-config.ts has no schema `Config` any more');
  return rows;
}

interface Place {
  readonly tree: ts.SourceFile;
  readonly constants: ReadonlyMap<string, ts.Expression>;
  readonly path: string;
  readonly value: unknown;
}

function fieldsOf(schema: ts.Expression | undefined, place: Place): ConfigRow[] {
  const { tree, constants, path } = place;
  const object = schema && objectOf(schema, constants);
  if (!object) return [];
  return object.properties.flatMap((property): ConfigRow[] => {
    const name = property.name?.getText(tree) ?? '';
    const value = (place.value as Record<string, unknown> | undefined)?.[name];
    const text = ts
      .getJSDocCommentsAndTags(property)
      .map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? '')
      .join(' ')
      .replaceAll(/\s+/g, ' ');
    const schemaOf = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    const isRecord = schemaOf?.getText(tree).startsWith('z.record(') ?? false;
    const below = isRecord ? `${path}${name}.<name>.` : `${path}${name}.`;
    const first: unknown = isRecord ? Object.values((value ?? {}) as Record<string, unknown>)[0] : value;
    const inner = fieldsOf(schemaOf, { ...place, path: below, value: first });
    const ships = inner.length > 0 || value === undefined ? '' : `\`${JSON.stringify(value)}\``;
    return [...(inner.length > 0 && text === '' ? [] : [{ field: `${path}${name}`, ships, text }]), ...inner];
  });
}

/** The fields of `z.strictObject({ … })`, also behind a name, in a record, or made optional. */
function objectOf(schema: ts.Expression, constants: Place['constants']): ts.ObjectLiteralExpression | null {
  if (ts.isIdentifier(schema)) {
    const target = constants.get(schema.text);
    return target ? objectOf(target, constants) : null;
  }
  if (!ts.isCallExpression(schema)) return null;
  const { expression } = schema;
  const last = schema.arguments.at(-1);
  if (last && ts.isObjectLiteralExpression(last)) return last;
  if (last && ts.isIdentifier(last)) return objectOf(last, constants);
  return ts.isPropertyAccessExpression(expression) ? objectOf(expression.expression, constants) : null;
}
