import { type AttackCase, type OwnTarget, refusedWith, type Target } from '../case.ts';
import { type Ask, ask, bearer, json } from '../raw-http.ts';

const keys = 'ASVS V13.2.1, API2:2023';
const access = 'ASVS V8.2.1, API5:2023';
const body = '{"text":"A sentence."}';
const path = '/v1/highlights';

/** The model's own port, as if the network between the hops had been left open. */
const model = (
  id: string,
  { standard = keys, statuses = [401] }: { standard?: string; statuses?: readonly number[] },
  requestOf: (target: OwnTarget) => Ask | Promise<Ask>,
): AttackCase => ({
  id: `model-${id}`,
  standard,
  from: 'inside',
  attack: async (target) => {
    const there: Target = { ...target, url: target.modelUrl, behind: () => [] };
    return refusedWith(...statuses)(await ask(there, await requestOf(target)));
  },
});

const run = (...headers: readonly string[]): Ask => ({ path, headers: [json, ...headers], body });

export const modelCases: readonly AttackCase[] = [
  model('without-key', {}, () => run()),
  model('empty-key', {}, () => run('x-api-key: ')),
  model('wrong-key', {}, () => run(`x-api-key: ${'a'.repeat(32)}`)),
  model('key-prefix', {}, ({ modelKey }) => run(`x-api-key: ${modelKey.slice(0, -1)}`)),
  model('key-longer', {}, ({ modelKey }) => run(`x-api-key: ${modelKey}a`)),
  model('key-not-ascii', {}, () => run('x-api-key: clé-secrète')),
  model('key-doubled', {}, ({ modelKey }) => run('x-api-key: a', `x-api-key: ${modelKey}`)),
  model('key-as-token', {}, ({ modelKey }) => run(bearer(modelKey))),
  model('key-in-query', {}, ({ modelKey }) => ({ ...run(), path: `${path}?x-api-key=${modelKey}&key=${modelKey}` })),
  model('user-token', {}, async (target) => run(bearer(await target.token({})))),
  model('large-without-key', {}, () => ({ path, headers: [json], body: `{"text":"${'x'.repeat(1024 * 1024)}"}` })),
  model('path-encoded', { standard: access, statuses: [401, 404] }, () => ({ ...run(), path: '/%761/highlights' })),
  model('path-dots', { standard: access, statuses: [401, 404] }, () => ({ ...run(), path: '/healthz/../v1/highlights' })),
  model('path-double-slash', { standard: access, statuses: [401, 404] }, () => ({ ...run(), path: '//v1/highlights' })),
  model('path-capitals', { standard: access, statuses: [401, 404] }, () => ({ ...run(), path: '/V1/highlights' })),
  model('docs', { standard: 'ASVS V13.4.5, API9:2023' }, () => ({ path: '/docs' })),
  model('contract', { standard: 'ASVS V13.4.5, API9:2023' }, () => ({ path: '/openapi.json' })),
];
