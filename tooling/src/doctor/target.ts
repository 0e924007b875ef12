import { isLoopback } from '@twohop/server/settings';
import { type Check, fail, ok, type Patient, type Said, unchecked, warn } from './finding.ts';

const SKEW_FAILS_S = 60;
const SKEW_WARNS_S = 5;

/** Asks a deployment. Where none is named, or it does not answer, `health` says so, and the others have nothing to say. */
const ofTarget =
  (run: (target: URL, patient: Patient) => Promise<Said[]>): Check['run'] =>
  async (patient) => {
    if (!patient.target) return [];
    try {
      return await run(patient.target, patient);
    } catch {
      return [unchecked('the deployment does not answer', 'See health.')];
    }
  };

export const health: Check['run'] = async (patient) => {
  const { target } = patient;
  if (!target) return [unchecked('no deployment is named', 'Add --target https://…')];
  try {
    return await healthOf(target, patient);
  } catch (error) {
    return [fail(`${target.origin} does not answer: ${reasonOf(error)}`, 'Start it, or give the right --target.')];
  }
};

/** What fetch hides behind "fetch failed". */
export function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const inner = cause instanceof Error ? cause : error;
  return inner instanceof Error ? ((inner as { code?: string }).code ?? inner.message) : String(inner);
}

async function healthOf(target: URL, { fetch }: Patient): Promise<Said[]> {
  const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(new URL(path, target))));
  const encrypted = target.protocol === 'https:' || isLoopback(target.hostname);
  return [
    alive?.ok ? ok('the server is alive') : fail(`/healthz says ${alive?.status}`, 'Look into its log.'),
    ready?.ok
      ? ok('the server is ready')
      : fail(`/readyz says ${ready?.status}`, 'Its store does not answer: look into its log.'),
    encrypted
      ? ok('nobody on the way reads along')
      : fail('tokens travel unencrypted', 'Put TLS in front, and give https:// as its address.'),
  ];
}

const me = (target: URL): URL => new URL('/trpc/account.me', target);

export const strangers = ofTarget(async (target, { fetch }) => {
  const { status } = await fetch(me(target));
  return status === 401
    ? [ok('a call without a token is refused')]
    : [fail(`a call without a token gets ${status}, not 401`, 'Is it a Twohop server? Then look what stands in front of it.')];
});

/** What the emulator signs with nothing, a server in production never takes. */
export const emulator = ofTarget(async (target, { fetch, config, env, nowMs }) => {
  const projectId =
    config instanceof Error
      ? env['FIREBASE_PROJECT_ID']
      : config.auth.provider === 'firebase'
        ? config.auth.projectId
        : undefined;
  if (!projectId) return [unchecked('no FIREBASE_PROJECT_ID is set here', 'Set that of the deployment.')];
  const nowSeconds = Math.floor(nowMs() / 1000);
  const claims = {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: 'doctor',
    user_id: 'doctor',
    auth_time: nowSeconds - 5,
    iat: nowSeconds - 5,
    exp: nowSeconds + 60,
    firebase: { sign_in_provider: 'anonymous', identities: {} },
  };
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const authorization = `Bearer ${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
  const { status } = await fetch(me(target), { headers: { authorization } });
  if (status === 429 || status >= 500) return [unchecked(`it answers ${status}`, 'Ask again.')];
  return status === 401
    ? [ok('an unsigned token is refused')]
    : [
        fail(
          `an unsigned token, as the emulator makes, gets ${status}, not 401`,
          'Take FIREBASE_AUTH_EMULATOR_HOST away, and TWOHOP_ENV=development.',
        ),
      ];
});

export const metricsPrivate = ofTarget(async (target, { fetch }) => {
  const { status } = await fetch(new URL('/metrics', target));
  return status === 404
    ? [ok('its metrics are not public')]
    : [fail(`/metrics gets ${status} on the public port, not 404`, 'Let the proxy pass on the server’s public port alone.')];
});

export const clock = ofTarget(async (target, { fetch, nowMs }) => {
  const before = nowMs();
  const { headers } = await fetch(new URL('/healthz', target));
  const middle = (before + nowMs()) / 2;
  const date = headers.get('date');
  if (date === null) return [unchecked('its replies have no date', 'Let the proxy pass the date on.')];
  // The header tells whole seconds, the one that has begun.
  const skewS = Math.round(Math.abs(Date.parse(date) + 500 - middle) / 1000);
  const remedy = 'Turn on time synchronization (NTP) on both: tokens are judged by the clock.';
  if (skewS > SKEW_FAILS_S) return [fail(`its clock and this one are ${skewS} s apart`, remedy)];
  return skewS > SKEW_WARNS_S
    ? [warn(`its clock and this one are ${skewS} s apart`, remedy)]
    : [ok('its clock and this one agree')];
});
