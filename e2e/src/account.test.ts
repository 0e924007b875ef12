import { signIn } from '@twohop/tooling/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, failureOf } from './client.ts';
import { type Stack, startStack } from './stack.ts';

const admin = { email: 'root@example.com', password: 'correct horse' };
const text = 'The model is dear, so the first hop decides. Cheap checks come before dear ones.';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { ADMIN_EMAILS: admin.email } });
});
afterAll(() => stack?.stop());

const newUser = async () => {
  const session = await stack.signUp({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' });
  return { uid: session.uid, twohop: clientOf(stack.urls.server, session) };
};

/** An admin is whose e-mail is verified, and the emulator verifies when it is told to. */
async function adminClient() {
  const { uid } = await stack.signUp(admin);
  const account = `${stack.urls.auth}/identitytoolkit.googleapis.com/v1/projects/${stack.projectId}/accounts:update`;
  await fetch(account, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify({ localId: uid, emailVerified: true }),
  });
  return clientOf(stack.urls.server, await signIn(stack.urls.auth, admin));
}

describe('one’s own account', () => {
  it('a quote before the run, a receipt after it, and the same again for nothing', async () => {
    const { twohop } = await newUser();
    const before = await twohop.account.quote.query({ procedure: 'highlights.run', chars: text.length });
    expect(before.fits).toBe(true);
    const first = await twohop.highlights.run.mutate({ text });
    const again = await twohop.highlights.run.mutate({ text });
    expect(first.receipt.cached).toBe(false);
    expect(again.receipt).toMatchObject({ cached: true, computeUs: 0, remainingUs: first.receipt.remainingUs });
    expect(again.highlights).toEqual(first.highlights);
  });

  it('exported, deleted, and nothing is refilled by coming back', async () => {
    const { twohop } = await newUser();
    const { receipt } = await twohop.highlights.run.mutate({ text: `${text} Once.` });
    const kept = await twohop.account.export.query();
    expect(kept.runs).toMatchObject([
      { runId: receipt.runId, procedure: 'highlights.run', state: 'settled', userUs: receipt.computeUs },
    ]);
    expect(JSON.stringify(kept)).not.toContain('dear');
    expect(await twohop.account.delete.mutate()).toEqual({ deleted: true });
    expect(await twohop.account.export.query()).toMatchObject({ usage: [], runs: [], windows: [] });
    expect((await twohop.account.quota.query()).computeDay.usedUs).toBeGreaterThanOrEqual(receipt.computeUs);
  });
});

describe('an admin', () => {
  it('changes a plan, blocks, and stops everything: effective with the next request', async () => {
    const root = await adminClient();
    const { uid, twohop } = await newUser();
    expect((await failureOf(twohop.admin.setKillSwitch.mutate({ on: true }))).code).toBe('auth.forbidden');

    await root.admin.setAccount.mutate({ uid, plan: 'anonymous', blocked: false });
    expect((await twohop.account.me.query()).plan).toBe('anonymous');
    await root.admin.setAccount.mutate({ uid, plan: null, blocked: true });
    expect((await failureOf(twohop.account.me.query())).code).toBe('auth.blocked');
    await root.admin.setAccount.mutate({ uid, plan: null, blocked: false });

    await root.admin.setKillSwitch.mutate({ on: true });
    expect((await failureOf(twohop.highlights.run.mutate({ text: `${text} Twice.` }))).code).toBe('limit.killed');
    await stack.restart('server');
    expect((await failureOf(twohop.highlights.run.mutate({ text: `${text} Twice.` }))).code).toBe('limit.killed');
    await root.admin.setKillSwitch.mutate({ on: false });
    expect((await twohop.highlights.run.mutate({ text: `${text} Twice.` })).receipt.computeUs).toBeGreaterThan(0);
  });
});
