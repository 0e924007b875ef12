import { fetchAsk } from '@twohop/ml-client/fetch';
import { webhookChannel } from '../adapters/webhook-channel.ts';
import { ConfigError } from '../config.ts';
import { noSqlite, refuse, type Runtime } from './runtime.ts';

/** An isolate without a disk, and without the packages that need Node whole: workerd. */
export const workerdRuntime: Runtime = {
  sqliteStore: noSqlite,
  firebaseUsers: refuse(
    'FIREBASE_USER_CHECKS: firebase-admin does not run here; set it to "off", and who is disabled or revoked stays in for up to an hour',
  ),
  googleIdToken: refuse('ML_AUTH: google needs an account of Google’s, which this host does not have'),
  channels: ({ webhook, smtp }) => {
    if (smtp) throw new ConfigError('ALERT_SMTP_URL: there is no e-mail here; set ALERT_WEBHOOK_URL');
    return webhook ? [webhookChannel(webhook)] : [];
  },
  traces: refuse('OTEL_EXPORTER_OTLP_ENDPOINT: traces are not sent from here; leave it out'),
  ask: fetchAsk,
};
