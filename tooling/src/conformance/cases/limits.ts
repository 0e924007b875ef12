import type { ConformanceCase, Seen, Visit } from '../case.ts';
import { ADDRESS_RATE, ANONYMOUS_RATE } from '../plans.ts';

const waits = ({ headers }: Seen): string =>
  Number(headers.get('retry-after')) > 0 ? 'with Retry-After' : 'without Retry-After';

async function nth(times: number, ask: () => Promise<Seen>): Promise<string> {
  let last = await ask();
  let before = last;
  for (let count = 1; count < times; count += 1) [before, last] = [last, await ask()];
  return `${before.said}, then ${last.said} ${waits(last)}`;
}

const as = (visit: Visit, claims: object): Readonly<Record<string, string>> => ({
  ...visit.headers,
  authorization: `Bearer ${visit.host.token(visit.user, claims)}`,
});

const anonymous = (visit: Visit) => as(visit, { is_anonymous: true });

const operator = (visit: Visit) => as(visit, { email: 'operator@example.com', email_verified: true });

export const limitCases: readonly ConformanceCase[] = [
  {
    name: 'a rate that is used up',
    expected: '200 ok, then 429 limit.rate with Retry-After',
    look: (visit) => nth(ANONYMOUS_RATE + 1, () => visit.ask('/trpc/account.me', { headers: anonymous(visit) })),
  },
  {
    name: 'an address that asks too often, whatever it says it is',
    expected: '401 auth.missing, then 429 limit.ip with Retry-After',
    look: (visit) => {
      const own = visit.unknown;
      const seen = own['x-forwarded-for'];
      let asked = 0;
      const headers = () => {
        const claimed = `203.0.113.${asked++ % 250}`;
        // What a proxy adds stands behind what the client wrote.
        return { ...own, 'x-forwarded-for': seen === undefined ? claimed : `${claimed}, ${seen}` };
      };
      return nth(ADDRESS_RATE + 1, () => visit.ask('/trpc/account.me', { headers: headers() }));
    },
  },
  {
    name: 'the operator stops everything',
    when: 'one by one',
    expected: '200 ok, 503 limit.killed with Retry-After, 200 ok, 200 ok',
    look: async (visit) => {
      const set = (on: boolean) =>
        visit.ask('/trpc/admin.setKillSwitch', { method: 'POST', body: JSON.stringify({ on }), headers: operator(visit) });
      const run = () => visit.call('highlights.run', { text: 'Stopped by the operator. Then not any more.' });
      const stopped = await set(true);
      const refused = await run();
      const again = await set(false);
      return [stopped.said, `${refused.said} ${waits(refused)}`, again.said, (await run()).said].join(', ');
    },
  },
];
