import { type Deps, untraced } from '@twohop/api';
import { quota } from '@twohop/quota';
import { faultyStore, type StoreWatch } from './faulty-store.ts';
import { type Call, newAttempt } from './history.ts';
import { rememberingResults } from './remembering-results.ts';
import { policy, type Scene } from './scene.ts';
import { scriptedModel } from './scripted-model.ts';

/** What one process of the server has for itself, and loses when it is killed. */
export interface ScheduleServer {
  depsOf(call: Call): Deps;
  crash(): void;
}

export function openServer(scene: Scene): ScheduleServer {
  const self = {};
  const { time, schedule } = scene;
  const store = faultyStore(scene.store, watchOf(scene));
  const results = rememberingResults();
  const newId = () => `00000000-0000-4000-8000-${String((scene.ids += 1)).padStart(12, '0')}`;
  const clock = { nowMs: time.nowMs, every: (ms: number, task: () => void) => time.every(self, ms, task) };
  const shared = {
    identity: {
      verify: async (uid: string) => ({ issuer: schedule, uid, anonymous: false, email: `${uid}@${schedule}`, subject: null }),
    },
    attestation: { check: async () => null },
    clientVersions: { oldest: null, newest: null },
    rates: { take: async () => null },
    quota: quota({ ledger: store, policy, clock, onExcess: () => undefined }),
    accounts: store,
    policy,
    // Room in the model is no matter of money: a schedule may have any number of runs in it.
    admission: { enter: async () => ({ leave: () => undefined }), state: () => ({ limit: 1, inUse: 0, waiting: 0 }) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    observe: () => undefined,
    operator: { settings: [], hosting: null, seen: () => Promise.reject(new Error('nobody looks')) as never },
    traces: untraced,
    nowMs: time.nowMs,
    newId,
    hash: (text: string) => text,
    hashName: (text: string) => text,
    adminEmails: new Set<string>(),
    ending: new AbortController().signal,
  };
  return {
    crash: () => time.stop(self),
    depsOf: (call) => ({
      ...shared,
      model: scriptedModel(scene, call),
      results: results.attachedBy(call),
      wait: (ms, signal) => {
        call.at = 'waiting';
        return time.wait(self, ms, signal).finally(() => {
          call.at = 'free';
        });
      },
    }),
  };
}

function watchOf(scene: Scene): StoreWatch {
  const attemptOf = (runId: string) => scene.attempts.find((attempt) => attempt.runId === runId);
  return {
    schedule: scene.schedule,
    busy: (by) => {
      scene.busy += by;
      if (by < 0) scene.eased();
    },
    takeFault: (operation) => {
      if (scene.fault?.operation !== operation) return null;
      const { when } = scene.fault;
      scene.fault = null;
      return when;
    },
    failed: (runId) => {
      const attempt = attemptOf(runId);
      if (attempt) attempt.faulted = true;
    },
    renewed: (runId, leaseUntilMs) => {
      const attempt = attemptOf(runId);
      if (attempt && attempt.leaseUntilMs > scene.time.nowMs()) attempt.leaseUntilMs = leaseUntilMs;
    },
    admitted: ({ runId, owner, idempotencyKey: key, lines, leaseUntilMs }) => {
      const of = (unit: string) => lines.find((line) => line.unit === unit)?.amount ?? Number.NaN;
      const held = { estimateUs: of('computeUs'), worstMicroUsd: of('microUsd') };
      scene.attempts.push(newAttempt({ runId, owner, key, leaseUntilMs, ...held }));
    },
    denied: ({ owner, lines }, code) => {
      scene.refusals.push({ owner, code, estimateUs: lines[0]?.amount ?? Number.NaN });
    },
  };
}
