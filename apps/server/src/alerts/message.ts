import type { Condition } from './conditions.ts';

/** All that is told at one time. */
export interface Message {
  /** The same in every attempt to deliver it: whoever got it twice can tell. */
  readonly id: string;
  readonly atMs: number;
  /** Which deployment speaks. */
  readonly name: string;
  readonly firing: readonly Condition[];
  /** What was told before and is over. */
  readonly resolved: readonly Condition[];
}

/** One line, for a subject and for whoever reads only one. */
export function subjectOf({ name, firing, resolved }: Message): string {
  const [first] = [...firing, ...resolved];
  const more = firing.length + resolved.length - 1;
  const state = firing.length > 0 ? '' : 'resolved: ';
  return `${name}: ${state}${first?.title ?? 'nothing'}${more > 0 ? `, and ${more} more` : ''}`;
}

export function textOf(message: Message): string {
  const block = (state: string) => (each: Condition) => `${state}: ${each.title}\n${each.detail}`;
  const blocks = [...message.firing.map((each) => block(each.severity)(each)), ...message.resolved.map(block('resolved'))];
  return [subjectOf(message), ...blocks, new Date(message.atMs).toISOString()].join('\n\n');
}

/** For machines: the fields of docs/alerts.md. */
export const documentOf = ({ id, atMs, name, firing, resolved }: Message) => ({
  id,
  at: new Date(atMs).toISOString(),
  name,
  alerts: [...firing.map((each) => plain(each, 'firing')), ...resolved.map((each) => plain(each, 'resolved'))],
});

const plain = ({ key, severity, title, detail }: Condition, state: 'firing' | 'resolved') => ({
  key,
  state,
  severity,
  title,
  detail,
});

/** What `npm run doctor -- --send-alert` sends. */
export const testMessage = (name: string, id: string, atMs: number): Message => ({
  id,
  atMs,
  name,
  firing: [
    {
      key: 'test',
      level: 0,
      severity: 'warning',
      title: 'this is a test',
      detail: 'Somebody ran npm run doctor -- --send-alert. Nothing is wrong.',
      quietUntilMs: atMs,
    },
  ],
  resolved: [],
});
