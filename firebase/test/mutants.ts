export interface Mutant {
  /** The condition that was taken out. */
  readonly name: string;
  readonly rules: string;
}

/** `  && a == b;` → indentation and sign, condition, end. */
const condition = /^(\s*(?:return |&& |\|\| )|\s*allow [a-z, ]+: if )(.+?)(;?)$/;

/**
 * The rules once for each of their conditions, without it: what was joined by `and` is true, what was an alternative is false.
 * An alternative that goes makes rules stricter, every other condition looser.
 */
export const mutantsOf = (rules: string): Mutant[] => {
  const lines = rules.split('\n');
  return lines.flatMap((line, at) => {
    const [, start, said, end] = condition.exec(line) ?? [];
    if (start === undefined || said === undefined) return [];
    const isAlternative = start.includes('||') || lines[at + 1]?.trim().startsWith('||') === true;
    const mutated = lines.with(at, `${start}${isAlternative ? 'false' : 'true'}${end}`).join('\n');
    return [{ name: `${at + 1}: ${line.trim()}`, rules: mutated }];
  });
};
