/**
 * Stands in the bundle for `re2js`, which Firestore brings for regular expressions in its pipelines: a fifth of the side panel,
 * with methods named `eval` at which reviewers of stores would stop. The library asks no such question.
 */
export const RE2JS = {
  compile: (): never => {
    throw new Error('This bundle has no regular expressions for queries.');
  },
};
