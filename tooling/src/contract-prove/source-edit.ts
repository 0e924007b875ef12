import ts from 'typescript6';
import type { ApiSource } from './api-source.ts';

/** The text of the source with a stretch of it replaced. */
export const replaceSpan = ({ text }: ApiSource, [from, to]: readonly [number, number], by: string): string =>
  text.slice(0, from) + by + text.slice(to);

export const replaceNode = (source: ApiSource, node: ts.Node, by: string): string =>
  replaceSpan(source, [node.getStart(source.tree), node.getEnd()], by);

/** Takes out a member of a list (a property, a value) and the comma after it. */
export function withoutMember(source: ApiSource, member: ts.Node): string {
  const comma = /^\s*[,;]/.exec(source.text.slice(member.getEnd()));
  return replaceSpan(source, [member.getStart(source.tree), member.getEnd() + (comma?.[0].length ?? 0)], '');
}

/** `a: …` → `aRenamed: …`, `a` → `aRenamed: a`. */
export function renamedProperty(source: ApiSource, property: ts.ObjectLiteralElementLike | ts.TypeElement): string {
  const { name } = property;
  if (!name) return source.text;
  const text = name.getText(source.tree);
  const renamed = ts.isStringLiteral(name) ? `'${name.text}_renamed'` : `${text}Renamed`;
  return replaceNode(source, name, ts.isShorthandPropertyAssignment(property) ? `${renamed}: ${text}` : renamed);
}

/** Gives a property another value; `change` gets the text of the present one. */
export function revaluedProperty(
  source: ApiSource,
  property: ts.ObjectLiteralElementLike,
  change: (value: string) => string,
): string {
  if (ts.isPropertyAssignment(property)) {
    return replaceNode(source, property.initializer, change(property.initializer.getText(source.tree)));
  }
  const name = property.name?.getText(source.tree) ?? '';
  return replaceNode(source, property, `${name}: ${change(name)}`);
}
