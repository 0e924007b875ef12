import type { Operator } from '@twohop/api';
import type { Config } from '../config.ts';

/** Where a URL leads, and neither its password nor its path: a webhook's path is its secret. */
function placeOf(url: string): string {
  if (!url.includes('//')) return url.split(':')[0] ?? '';
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

const listOf = (entries: readonly string[]): string => entries.join(', ') || 'none';
const setOf = (value: unknown): string => (value === null || value === undefined ? 'not set' : 'set');
const usd = (microUsd: number): string => `${(microUsd / 1e6).toFixed(2)} USD`;
const seconds = (us: number): string => `${us / 1e6} s`;

/**
 * The settings in force, named as in .env.example and twohop.config.ts. Each that is shown is written out here, and of a secret
 * no more than that there is one.
 */
export function shownSettings(config: Config): Operator['settings'] {
  const shown = { ...environmentOf(config), ...alertsOf(config), ...policyOf(config) };
  return Object.entries(shown).map(([name, value]) => ({ name, value: String(value) }));
}

function environmentOf(config: Config): Record<string, string | number> {
  const { auth, ml, appCheck } = config;
  return {
    TWOHOP_ENV: config.environment,
    AUTH_PROVIDER: auth.provider,
    ...(auth.provider === 'firebase'
      ? {
          FIREBASE_PROJECT_ID: auth.projectId,
          FIREBASE_USER_CHECKS: auth.userChecks ? 'on' : 'off',
          FIREBASE_AUTH_EMULATOR_HOST: auth.emulated ? 'set' : 'not set',
        }
      : { OIDC_ISSUER: auth.issuer, OIDC_AUDIENCE: auth.audience, OIDC_USERINFO_URL: setOf(auth.userinfoUrl) }),
    APP_CHECK: appCheck === null ? 'off' : appCheck.once ? 'once' : 'on',
    ADMIN_EMAILS: listOf(config.adminEmails),
    ALLOWED_ORIGINS: listOf(config.allowedOrigins),
    TRUST_PROXY: listOf(config.trustProxy),
    LEDGER_URL: placeOf(config.ledgerUrl),
    RATE_URL: placeOf(config.rateUrl),
    RESULTS_URL: placeOf(config.resultsUrl),
    ML_URL: placeOf(ml.url),
    ML_AUTH: ml.auth,
    ML_KEY: `${ml.keys.length} set`,
    ML_KEY_SINCE: ml.keySince ?? 'not set',
    HASH_KEY: setOf(config.hashKey),
    LOG_LEVEL: config.logLevel,
  };
}

function alertsOf({ alertName, alertChannels: { webhook, smtp }, alerts }: Config): Record<string, string | number> {
  return {
    ALERT_NAME: alertName,
    ALERT_WEBHOOK_URL: webhook ? placeOf(webhook.url) : 'not set',
    ALERT_WEBHOOK_SECRET: setOf(webhook?.secret),
    ALERT_SMTP_URL: smtp ? placeOf(smtp.url) : 'not set',
    ALERT_EMAIL_TO: listOf(smtp?.to ?? []),
    'alerts.unauthorizedPer5Minutes': alerts.unauthorizedPer5Minutes,
    'alerts.newAccountsPerHour': alerts.newAccountsPerHour,
    'alerts.spendSlope': alerts.spendSlope,
    'alerts.keyDays': alerts.keyDays,
  };
}

function policyOf({ policy, ipRequestsPerMinute }: Config): Record<string, string | number> {
  const { cap, price, run, ip, anonymousPool, plans } = policy;
  const planOf = ([name, plan]: [string, (typeof plans)[string]]) => [
    `plans.${name}`,
    `${plan.requestsPerMinute} requests a minute, ${plan.concurrentRuns} at a time, ` +
      `${seconds(plan.computeDayUs)} of compute a day, ${seconds(plan.computeMonthUs)} a month`,
  ];
  return {
    'cap.dayUsd': usd(cap.dayMicroUsd),
    'cap.monthUsd': usd(cap.monthMicroUsd),
    'price.usdPerComputeSecond': `${price.nanoUsdPerSecond / 1e9} USD, as of ${price.asOf}`,
    ...(Object.fromEntries(Object.entries(plans).map(planOf)) as Record<string, string>),
    defaultPlan: policy.defaultPlan,
    anonymousPlan: policy.anonymousPlan,
    ip: `${ipRequestsPerMinute} requests a minute, ${seconds(ip.computeDayUs)} of compute a day`,
    anonymousPool: `${seconds(anonymousPool.computeDayUs)} of compute a day`,
    'run.deadlineSeconds': run.deadlineMs / 1000,
    'run.attempts': run.attempts,
  };
}
