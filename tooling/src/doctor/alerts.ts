import { randomUUID } from 'node:crypto';
import { testMessage } from '@twohop/server/alerts';
import { fail, ofConfig, ok, type Said, unchecked, warn } from './finding.ts';
import { reasonOf } from './target.ts';

const SENDS_FOR_MS = 15_000;

/** Somebody is told, and it gets there: by a message that says what it is, once asked for. */
export const alerts = ofConfig(async ({ alertName }, { channels, sendAlert, nowMs }): Promise<Said[]> => {
  if (channels.length === 0)
    return [warn('nobody is told when something is wrong', 'Set ALERT_WEBHOOK_URL or ALERT_SMTP_URL: docs/alerts.md.')];
  const names = channels.map(({ name }) => name).join(' and ');
  if (!sendAlert)
    return [unchecked(`nobody asked for a test alert by ${names}`, 'Add --send-alert, and see whether it arrives.')];
  return Promise.all(
    channels.map(async ({ name, send }) => {
      try {
        await send(testMessage(alertName, randomUUID(), nowMs()), AbortSignal.timeout(SENDS_FOR_MS));
        return ok(`a test alert was taken by ${name}`);
      } catch (error) {
        return fail(`${name} does not take alerts: ${reasonOf(error)}`, 'Put the ALERT_… settings right.');
      }
    }),
  );
});
