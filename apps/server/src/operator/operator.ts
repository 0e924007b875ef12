import type { Operator } from '@twohop/api';
import type { Condition } from '../alerts/conditions.ts';
import type { Observed } from '../alerts/observed.ts';
import type { Watch } from '../alerts/watch.ts';
import type { Config } from '../config.ts';
import type { RecentCalls } from './recent-calls.ts';
import { shownSettings } from './shown-settings.ts';

export interface OperatorFacts {
  /** Names this process, until it ends. */
  readonly instance: string;
  readonly sinceMs: number;
  readonly recent: RecentCalls;
  readonly facts: Observed;
  readonly alerts: Pick<Watch, 'state'>;
}

const shown = ({ key, severity, title, detail }: Condition) => ({ key, severity, title, detail });
const isoOf = (ms: number): string => new Date(ms).toISOString();

/** What the console is told of this process: what was counted anyway, read at the moment of asking. */
export function operatorOf(config: Config, { instance, sinceMs, recent, facts, alerts }: OperatorFacts): Operator {
  const { webhook, smtp } = config.alertChannels;
  const channels = [...(webhook ? [`webhook (${webhook.format})`] : []), ...(smtp ? ['e-mail'] : [])];
  return {
    settings: shownSettings(config),
    hosting: config.hosting,
    seen: () => {
      const { refused: count, kinds, from } = facts.facts().attempts;
      const { now, told } = alerts.state();
      return {
        instance,
        since: isoOf(sinceMs),
        ...recent.read(),
        attempts: { count, toldFrom: config.alerts.unauthorizedPer5Minutes, kinds: [...kinds], from: [...from] },
        alerts: {
          now: now.map(shown),
          told: told.map(({ atMs, state, condition }) => ({ at: isoOf(atMs), state, ...shown(condition) })),
          channels,
        },
      };
    },
  };
}
