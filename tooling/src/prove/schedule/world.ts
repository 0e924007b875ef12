import { appRouter, type Context } from '@twohop/api';
import type { Store } from '@twohop/quota';
import type { Ending } from './endings.ts';
import type { StoreFault } from './faulty-store.ts';
import type { Call } from './history.ts';
import { newScene, type Scene } from './scene.ts';
import { openServer } from './schedule-server.ts';

export interface Start {
  readonly uid: string;
  readonly key: string;
  readonly input: string;
  /** The client has left before the model was asked. */
  readonly left: boolean;
}

/** One server over a real store, with a model, a clock and faults that the schedule decides. Each step ends at rest. */
export interface World extends Readonly<Scene> {
  start(start: Start): Promise<void>;
  end(call: Call, ending: Ending): Promise<void>;
  leave(call: Call): Promise<void>;
  /** The next operation of this kind fails. */
  fail(fault: StoreFault | null): void;
  /** Kills the server with all that it remembers, and starts another. */
  crash(): void;
  advance(ms: number): Promise<void>;
  deleteAccount(uid: string): Promise<void>;
}

const LONGEST_STEP_MS = 10_000;

/** Until nothing moves any more but what the schedule holds. @throws Error when that doesn't come */
async function atRest(scene: Scene): Promise<void> {
  const endMs = performance.now() + LONGEST_STEP_MS;
  // A call that has just been woken says so a few microtasks later.
  await new Promise(setImmediate);
  while (scene.busy > 0 || scene.calls.some(({ at }) => at === 'free')) {
    if (performance.now() > endMs) throw new Error('a step of the schedule did not come to rest');
    if (scene.busy > 0) await new Promise<void>((eased) => Object.assign(scene, { eased }));
    await new Promise(setImmediate);
  }
}

function newCall(scene: Scene, uid: string): Call {
  const call: Call = {
    owner: `${scene.schedule}|${uid}`,
    leaving: new AbortController(),
    at: 'free',
    attempt: null,
    end: () => undefined,
  };
  scene.calls.push(call);
  return call;
}

const requestOf = (scene: Scene, call: Call, { uid, key }: { uid: string; key: string | null }): Context['request'] => ({
  id: 'request',
  newRunId: () => crypto.randomUUID(),
  token: uid,
  appCheckToken: null,
  clientVersion: null,
  traceparent: null,
  idempotencyKey: key,
  ipBucket: scene.schedule,
  signal: call.leaving.signal,
  timings: new Map(),
});

export function openWorld(store: Store, schedule: string): World {
  const scene = newScene(store, schedule);
  let server = openServer(scene);
  const callerOf = (call: Call, who: { uid: string; key: string | null }) =>
    appRouter.createCaller({ deps: server.depsOf(call), request: requestOf(scene, call, who) });
  const asked = async (call: Call, work: Promise<unknown>): Promise<void> => {
    const finish = () => {
      call.at = 'done';
    };
    void work.then(finish, finish);
    await atRest(scene);
  };
  return Object.assign(scene, {
    start: ({ left, input, ...who }: Start) => {
      const call = newCall(scene, who.uid);
      if (left) call.leaving.abort();
      return asked(call, callerOf(call, who).highlights.run({ text: input }));
    },
    end: (call: Call, ending: Ending) => {
      call.end(ending);
      return atRest(scene);
    },
    leave: (call: Call) => {
      call.leaving.abort();
      if (call.at === 'model') call.end({ kind: 'cancelled', reportUs: null });
      return atRest(scene);
    },
    fail: (fault: StoreFault | null) => {
      scene.fault = fault;
    },
    crash: () => {
      server.crash();
      for (const call of scene.calls) {
        if (call.at !== 'done' && call.attempt) call.attempt.abandoned = true;
        call.at = 'done';
      }
      server = openServer(scene);
    },
    advance: (ms: number) => scene.time.advance(ms, () => atRest(scene)),
    deleteAccount: (uid: string) => {
      const call = newCall(scene, uid);
      return asked(call, callerOf(call, { uid, key: null }).account.delete());
    },
  });
}
