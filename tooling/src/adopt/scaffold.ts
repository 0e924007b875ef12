import ts from 'typescript6';
import type { Adopted } from './contract.ts';
import type { OpenApi } from './document.ts';

interface Constant {
  readonly name: string;
  readonly text: string;
}

/**
 * The source of a router with one metered procedure. Its schemas are those that the generator wrote for the model's contract:
 * from here on they are the first hop's own, to be narrowed by whoever knows what a client may send.
 */
export function routerOf({ name, path }: Adopted, { info }: OpenApi, zod: string): string {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const schemas = schemasOf([`z${type}Body`, `z${type}Response`], zod);
  return `import { z } from 'zod';
import { metered } from '../procedures.ts';
import { Receipt } from '../receipt.ts';
import { extentOf, sizeOf } from '../size.ts';
import { t } from '../trpc.ts';

/** Name and version of the model: a result of another one is never replayed. */
const model = ${literal(`${info.title}@${info.version}`)};

${schemas.map(({ name: each, text }) => `const ${each} = ${text};`).join('\n\n')}

const ${type}Output = z.strictObject({ model: z.literal(model), result: z${type}Response, receipt: Receipt });

export const ${name} = t.router({
  /** POST ${path} of the model. The estimate grows with the characters of the input: put here what its cost grows with. */
  run: metered(z${type}Body, (input) => sizeOf(extentOf([JSON.stringify(input)])))
    .output(${type}Output)
    .mutation(async ({ ctx, input }) => {
      const { body: result, receipt } = await ctx.spend((call) => ctx.deps.model.${name}(input, call));
      return { model, result, receipt };
    }),
});
`;
}

const literal = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll('\n', ' ')}'`;

/** The named constants of the generated validators, after those that they are made of. */
function schemasOf(names: readonly string[], zod: string): Constant[] {
  const tree = ts.createSourceFile('zod.gen.ts', zod, ts.ScriptTarget.Latest, true);
  const declared = tree.statements
    .filter((each) => ts.isVariableStatement(each))
    .flatMap((each) => [...each.declarationList.declarations]);
  const all = new Map(declared.map(({ name, initializer }) => [name.getText(tree), initializer?.getText(tree) ?? '']));
  const found = new Map<string, Constant>();
  const add = (name: string): void => {
    const text = all.get(name);
    if (text === undefined) throw new Error(`the generator wrote no ${name}`);
    if (found.has(name)) return;
    for (const word of new Set(text.match(/\bz[A-Z]\w*/g))) if (word !== name && all.has(word)) add(word);
    found.set(name, { name, text: exact(text) });
  };
  names.forEach(add);
  return [...found.values()];
}

/** A key that is optional is absent and never undefined, as in JSON and in the generated types. */
const exact = (text: string): string =>
  text
    .replaceAll('.optional().default(', '.default(')
    .replaceAll('.nullish()', '.nullable().exactOptional()')
    .replaceAll('.optional()', '.exactOptional()');
