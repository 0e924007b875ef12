import { expect, it } from 'vitest';
import { loadConfig } from '../config.ts';
import { shownSettings } from './shown-settings.ts';

const secret = 'a-secret-that-nobody-may-read-anywhere';
const base64 = Buffer.from(secret).toString('base64');
const settings = {
  TWOHOP_CONFIG: new URL('../../../../twohop.config.ts', import.meta.url).pathname,
  FIREBASE_PROJECT_ID: 'demo',
  ML_KEY: `${secret},${secret}-2`,
  HASH_KEY: secret,
  LEDGER_URL: `postgres://twohop:${secret}@db.internal/twohop?password=${secret}`,
  RATE_URL: `redis://:${secret}@cache.internal:6379`,
  ALERT_WEBHOOK_URL: `https://hooks.slack.com/services/${secret}`,
  ALERT_WEBHOOK_SECRET: base64,
  ALERT_SMTP_URL: `smtps://me:${secret}@mail.example.com`,
  ALERT_EMAIL_FROM: 'twohop@example.com',
  ALERT_EMAIL_TO: 'me@example.com',
};

it('shows what is in force and no secret', async () => {
  const shown = shownSettings(await loadConfig(settings));
  expect(JSON.stringify(shown)).not.toMatch(new RegExp(`${secret}|${base64}|services`));
  expect(Object.fromEntries(shown.map(({ name, value }) => [name, value]))).toMatchObject({
    TWOHOP_ENV: 'production',
    LEDGER_URL: 'postgres://db.internal',
    RATE_URL: 'redis://cache.internal:6379',
    RESULTS_URL: 'memory',
    ML_KEY: '2 set',
    HASH_KEY: 'set',
    ALERT_WEBHOOK_URL: 'https://hooks.slack.com',
    ALERT_SMTP_URL: 'smtps://mail.example.com',
    'cap.dayUsd': '5.00 USD',
  });
});
