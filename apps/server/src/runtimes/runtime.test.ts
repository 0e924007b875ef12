import { expect, it } from 'vitest';
import { ConfigError } from '../config.ts';
import { denoRuntime } from './deno.ts';
import { workerdRuntime } from './workerd.ts';

const webhook = { url: 'https://hooks.example.com', secret: null, format: 'json' } as const;
const smtp = { url: 'smtps://mail.example.com', from: 'a@example.com', to: ['b@example.com'], requireTls: true };

it.each<[string, string, () => unknown]>([
  ['deno', 'LEDGER_URL', () => denoRuntime.sqliteStore('ledger.db')],
  ['workerd', 'LEDGER_URL', () => workerdRuntime.sqliteStore('ledger.db')],
  ['workerd', 'FIREBASE_USER_CHECKS', () => workerdRuntime.firebaseUsers({ projectId: 'p' })],
  ['workerd', 'ML_AUTH', () => workerdRuntime.googleIdToken('https://model.example.com')],
  ['workerd', 'OTEL_EXPORTER_OTLP_ENDPOINT', () => workerdRuntime.traces({ info() {}, warn() {}, error() {} })],
  ['workerd', 'ALERT_SMTP_URL', () => workerdRuntime.channels({ webhook, smtp })],
])('%s refuses by the name of %s', (_host, setting, ask) => {
  expect(ask).toThrow(ConfigError);
  expect(ask).toThrow(new RegExp(`^${setting}: `));
});

it('workerd tells its operator by webhook', () => {
  expect(workerdRuntime.channels({ webhook, smtp: null }).map(({ name }) => name)).toEqual(['webhook']);
});
