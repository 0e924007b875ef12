import { codeRules } from './code-rules.ts';
import type { Extension } from './extension.ts';
import { manifestRules } from './manifest-rules.ts';

/** Says what a store would reject an extension for; nothing when it is fine. */
export type Rule = (extension: Extension) => string[];

/** Each by the name that a finding begins with. */
export const rules = { ...codeRules, ...manifestRules } satisfies Record<string, Rule>;

export const lint = (extension: Extension): string[] =>
  Object.entries(rules).flatMap(([name, rule]) => rule(extension).map((finding) => `${name}: ${finding}`));
