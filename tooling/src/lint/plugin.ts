/**
 * Rules of ours that no linter ships. Loaded by oxlint as `twohop/*`; the canary plants a violation of each.
 */
import { basename } from 'node:path';

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface Context {
  readonly filename: string;
  readonly sourceCode: { getAllComments(): readonly { value: string; loc: unknown }[] };
  report(problem: { node?: unknown; loc?: unknown; message: string }): void;
}

const named = (node: unknown, name: string) => (node as Node | null)?.type === 'Identifier' && (node as Node)['name'] === name;

const isMember = (node: unknown, object: string, property: string) =>
  (node as Node).type === 'MemberExpression' &&
  named((node as Node)['object'], object) &&
  named((node as Node)['property'], property);

const clocks = [
  ['Date', 'now'],
  ['performance', 'now'],
  ['Math', 'random'],
  ['crypto', 'randomUUID'],
  ['crypto', 'getRandomValues'],
] as const;

/** Time, randomness and ids are parameters of a decision: else no test can hold it, and a replay decides otherwise. */
const noClock = {
  create: (context: Context) => {
    const remedy = 'take it as a parameter (nowMs, newId), the caller passes the clock.';
    const isBareDate = (node: Node) => named(node['callee'], 'Date') && (node['arguments'] as unknown[]).length === 0;
    return {
      MemberExpression(node: Node) {
        const hit = clocks.find(([object, property]) => isMember(node, object, property));
        if (hit) context.report({ node, message: `No ${hit.join('.')} inside a decision: ${remedy}` });
      },
      NewExpression(node: Node) {
        if (isBareDate(node)) context.report({ node, message: `No \`new Date()\` inside a decision: ${remedy}` });
      },
      ImportSpecifier(node: Node) {
        if (named(node['imported'], 'randomUUID'))
          context.report({ node, message: `No randomUUID inside a decision: ${remedy}` });
      },
    };
  },
};

const suppression = /(?:oxlint|eslint)-disable|@ts-(?:expect-error|ignore|nocheck)/;
const reason = / -- \S.{7,}/;
const todo = /\b(?:TODO|FIXME|XXX|HACK)\b/;
const dated = /ADR-?\s?\d+|\d{4}-\d{2}-\d{2}/i;

/** A suppression ends with its reason and a postponed task with an ADR or a date, else nobody knows when it may go. */
const reasonedComment = {
  create: (context: Context) => ({
    Program() {
      for (const { value, loc } of context.sourceCode.getAllComments()) {
        if (suppression.test(value) && !reason.test(value)) {
          context.report({ loc, message: 'A suppression ends with its reason: append ` -- why this is right here`.' });
        }
        if (todo.test(value) && !dated.test(value)) {
          context.report({ loc, message: 'A TODO names an ADR or a date: add one, or do it now.' });
        }
      }
    },
  }),
};

const vagueFile = /(?:^|[-.])(?:utils?|helpers?|misc|common|manager|impl)(?:[-.]|$)/;

/** A file named after no decision collects them all. */
const noVagueFile = {
  create: (context: Context) => ({
    Program(node: Node) {
      if (!vagueFile.test(basename(context.filename))) return;
      context.report({
        node,
        message: 'Name the file after its one noun or verb: utils, helpers, manager and impl say nothing.',
      });
    },
  }),
};

export default {
  meta: { name: 'twohop' },
  rules: { 'no-clock': noClock, 'reasoned-comment': reasonedComment, 'no-vague-file': noVagueFile },
};
