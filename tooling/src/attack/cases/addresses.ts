import type { AttackCase, OwnTarget, Target, Verdict } from '../case.ts';
import { ask, bytesOf, exchange } from '../raw-http.ts';

const standard = 'ASVS V4.1.3, API4:2023';
/** Above the rate of one address in every configuration that protects anything. */
const REQUESTS = 400;
const AT_ONCE = 20;

/** Asks from one real address under ever new names. Refused when the rate of that address ends it. */
async function spoof(send: (index: number) => Promise<number>): Promise<Verdict> {
  for (let asked = 0; asked < REQUESTS; asked += AT_ONCE) {
    const statuses = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(asked + index)));
    if (statuses.includes(429)) return { refused: true, status: 429 };
  }
  return { refused: false, status: await send(REQUESTS) };
}

const name = (index: number): string => `198.51.${Math.floor(index / 250)}.${index % 250}`;
const v6 = (index: number): string => `2001:db8:1:2:${index.toString(16)}::1`;

/** Straight at the server, as nobody's proxy: it must believe no header about who we are. */
const direct = (header: string, valueOf: (index: number) => string): AttackCase => ({
  id: `spoof-${header}`,
  standard,
  from: 'inside',
  attack: (target: OwnTarget) => {
    const straight: Target = { ...target, url: target.directUrl, behind: () => [] };
    const request = (index: number) => ({ path: '/trpc/account.me', headers: [`${header}: ${valueOf(index)}`] });
    return spoof(async (index) => (await ask(straight, request(index))).status);
  },
});

/** Through the proxy: what it appends is the truth, what stands left of it is the client's. */
const proxied = (id: string, chainOf: (target: Target, index: number) => string): AttackCase => ({
  id: `spoof-${id}`,
  standard,
  from: 'inside',
  attack: (target) =>
    spoof(async (index) => {
      const chained: Target = { ...target, behind: () => [`x-forwarded-for: ${chainOf(target, index)}`] };
      return (await exchange(target.url, bytesOf(chained, { path: '/trpc/account.me' }))).status;
    }),
});

export const addressCases: readonly AttackCase[] = [
  direct('x-forwarded-for', name),
  direct('forwarded', (index) => `for=${name(index)}`),
  direct('x-real-ip', name),
  direct('true-client-ip', name),
  direct('cf-connecting-ip', name),
  proxied('chain', ({ address }, index) => `${name(index)}, ${address}`),
  proxied('long-chain', ({ address }, index) => `${name(index)}, ${name(index + 1)}, ${name(index + 2)}, ${address}`),
  proxied('loopback-chain', ({ address }, index) => `${name(index)}, 127.0.0.2, ${address}`),
  proxied('mapped', ({ address }, index) => (index % 2 === 0 ? address : `::ffff:${address}`)),
  proxied('one-household', (_target, index) => v6(index)),
];
