import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type GoogleKeys, googleKeys, soundClaims } from '@twohop/tooling/google-keys';
import { freePort } from '@twohop/tooling/ports';
import { type RealPostgres, startPostgres } from '@twohop/tooling/postgres';
import { createSupervisor, type Running, type Supervisor } from '@twohop/tooling/processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const PROJECT = 'demo-deploy';
const secret = 'a-secret-of-at-least-thirty-two-characters';
const repository = join(import.meta.dirname, '../..');

let folder: string;
let google: GoogleKeys;
let supervisor: Supervisor;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twohop-deploy-'));
  supervisor = createSupervisor({ scratch: folder });
  google = await googleKeys();
  await run(process.execPath, [join(repository, 'apps/server/build.ts'), '--outdir', join(folder, 'app/dist')]);
});
afterAll(async () => {
  await supervisor?.stop();
  await google?.close();
});

/** The bundle as a container runs it: in a folder that holds nothing else, in production, with its settings and no others. */
async function serve(ledgerUrl: string): Promise<Running & { readonly url: string }> {
  const [port, metrics] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const settings = { PORT: String(port), METRICS_PORT: String(metrics), LEDGER_URL: ledgerUrl, DRAIN_SECONDS: '0' };
  const keys = {
    ML_KEY: secret,
    HASH_KEY: secret,
    FIREBASE_PROJECT_ID: PROJECT,
    ADMIN_EMAILS: 'root@example.com',
    FIREBASE_API_KEY: 'key',
  };
  const env = { ...google.env, ...settings, ...keys, METADATA_SERVER_DETECTION: 'none' };
  const command = { command: process.execPath, args: ['dist/main.js'], cwd: join(folder, 'app') };
  const running = await supervisor.start({ name: 'server', ...command, env, ready: { url: `${url}/readyz` } });
  return { ...running, url };
}

async function tokenOf(sub: string, more: object = {}): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await google.token({ ...soundClaims(PROJECT), sub, ...more })}` };
}

/** A store that has no time is asked again, as a client does. */
async function answered(ask: () => Promise<Response>): Promise<number> {
  const endsMs = performance.now() + 20_000;
  for (;;) {
    const { status } = await ask();
    if (status !== 503 || performance.now() > endsMs) return status;
  }
}

async function standing(url: string): Promise<number> {
  const headers = await tokenOf('ann');
  return answered(() => fetch(`${url}/trpc/account.me`, { headers }));
}

async function block(url: string, blocked: boolean): Promise<number> {
  const root = await tokenOf('root', { email: 'root@example.com', email_verified: true });
  const headers = { 'content-type': 'application/json', ...root };
  const body = JSON.stringify({ uid: 'ann', plan: null, blocked });
  return answered(() => fetch(`${url}/trpc/admin.setAccount`, { method: 'POST', headers, body }));
}

interface House {
  readonly ledgerUrl: string;
  /** While the server runs. Returns how to bring back what was saved: the address of the ledger then. */
  backUp(): Promise<() => Promise<string>>;
}

async function sqliteHouse(): Promise<House> {
  const data = join(folder, 'data');
  await mkdir(data);
  const ledger = join(data, 'ledger.db');
  return {
    ledgerUrl: `sqlite:${ledger}`,
    backUp: async () => {
      const copy = join(folder, 'copy.db');
      await run(process.execPath, [join(folder, 'app/dist/backup.js'), ledger, copy]);
      return async () => {
        await rm(data, { recursive: true });
        await mkdir(data);
        await rename(copy, ledger);
        return `sqlite:${ledger}`;
      };
    },
  };
}

async function postgresHouse(real: RealPostgres): Promise<House> {
  return {
    ledgerUrl: real.url,
    backUp: async () => {
      const copy = await real.restored();
      return async () => {
        await real.kill();
        return copy.url;
      };
    },
  };
}

describe('the bundled server, in a folder of its own', () => {
  it('holds no package and needs none', async () => {
    expect(await readdir(join(folder, 'app'))).toEqual(['dist']);
    expect(await readdir(join(folder, 'app/dist'))).toEqual(
      expect.arrayContaining(['main.js', 'worker.js', 'twohop.config.js', 'console']),
    );
  });

  const expectDrill = async ({ ledgerUrl, backUp }: House): Promise<void> => {
    const first = await serve(ledgerUrl);
    expect((await fetch(`${first.url}/console/`)).headers.get('content-type')).toContain('text/html');
    expect(await block(first.url, true)).toBe(200);
    expect(await standing(first.url)).toBe(403);
    const restore = await backUp();
    // After the backup, and therefore lost with the disk.
    expect(await block(first.url, false)).toBe(200);
    expect(await standing(first.url)).toBe(200);
    first.signal('SIGKILL');
    await first.ended;
    const second = await serve(await restore());
    expect(await standing(second.url)).toBe(403);
    expect(await block(second.url, false)).toBe(200);
    expect(await standing(second.url)).toBe(200);
    second.signal('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 0 });
  };

  it('serves from SQLite, and a copy of the ledger taken while it serves brings everything back', async () => {
    await expectDrill(await sqliteHouse());
  });

  it('serves from PostgreSQL, and a base backup taken while it serves brings everything back', async () => {
    const real = await startPostgres();
    try {
      await expectDrill(await postgresHouse(real));
    } finally {
      await real.stop();
    }
  });

  it('says what is wrong with a copy that cannot be made', async () => {
    const failing = run(process.execPath, [join(folder, 'app/dist/backup.js'), join(folder, 'none.db'), join(folder, 'x.db')]);
    await expect(failing).rejects.toMatchObject({
      code: 1,
      stderr: `backup: There is no ledger at ${join(folder, 'none.db')}.\n`,
    });
  });
});
