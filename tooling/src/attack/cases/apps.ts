import { type AttackCase, type OwnTarget, refusedWith, type Target, type Verdict } from '../case.ts';
import { ask, bearer, json, type Reply } from '../raw-http.ts';

/** Whether a call comes from the app: a user's own token in a script of theirs is no proof. */
const authenticity = 'ASVS V9.1.1, API2:2023';
const automation = 'ASVS V2.4.1, API6:2023';

/** A change that costs nothing and needs no model, at the server that wants proof. */
async function change(target: OwnTarget, ...proof: readonly string[]): Promise<Reply> {
  const there: Target = { ...target, url: target.directUrl, behind: () => [] };
  const token = await target.token({ sub: `app-${crypto.randomUUID()}` });
  const headers = [json, bearer(token), ...proof.map((each) => `x-firebase-appcheck: ${each}`)];
  return ask(there, { path: '/trpc/account.delete', headers, body: '' });
}

const app = (id: string, standard: string, attack: (target: OwnTarget) => Promise<Verdict>): AttackCase => ({
  id: `app-${id}`,
  standard,
  from: 'inside',
  attack,
});
const refused = refusedWith(403);

export const appCases: readonly AttackCase[] = [
  app('replay', automation, async (target) => {
    const proof = await target.proof();
    // A proof that opens nothing the first time would show nothing by failing the second.
    if ((await change(target, proof)).status !== 200) return { refused: false, status: 0 };
    return refused(await change(target, proof));
  }),
  app('missing', automation, async (target) => refused(await change(target))),
  app('forged', authenticity, async (target) => refused(await change(target, await target.proof({}, { signedBy: 'forger' })))),
  app('of-another', authenticity, async (target) =>
    refused(await change(target, await target.proof({ aud: ['projects/another'] }))),
  ),
  app('expired', authenticity, async (target) =>
    refused(await change(target, await target.proof({ exp: Math.floor(Date.now() / 1000) - 600 }))),
  ),
  app('user-token', authenticity, async (target) => refused(await change(target, await target.token({})))),
];
