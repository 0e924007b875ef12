import { z } from 'zod';
import { errorCodes } from './errors.ts';
import { KeptRun } from './schemas.ts';

const amount = z.int().nonnegative();
const time = z.iso.datetime();

const Counted = z.strictObject({ name: z.string(), count: amount });

const Cap = z.strictObject({
  settledMicroUsd: amount,
  heldMicroUsd: amount,
  limitMicroUsd: amount,
  resetsAt: time,
});

/** Ten seconds of calls. */
const Slice = z.strictObject({
  at: time,
  ok: amount,
  refused: amount,
  /** Of the runs that ended well; null where none did. */
  p50Ms: z.number().nonnegative().nullable(),
  p95Ms: z.number().nonnegative().nullable(),
});

const Alert = z.strictObject({
  key: z.string(),
  severity: z.enum(['warning', 'critical']),
  title: z.string(),
  detail: z.string(),
});

/** What the process that answers has seen since it started. Behind a balancer each has its own. */
export const Seen = z.strictObject({
  instance: z.string(),
  since: time,
  /** The last ten minutes, the oldest first. */
  slices: z.array(Slice),
  /** Of the last ten minutes, by code, the most frequent first. */
  refusals: z.array(z.strictObject({ code: z.enum(errorCodes), count: amount })),
  /** Of the last five minutes, and from how many on somebody is told. */
  attempts: z.strictObject({ count: amount, toldFrom: amount, kinds: z.array(Counted), from: z.array(Counted) }),
  alerts: z.strictObject({
    now: z.array(Alert),
    /** By this process, the latest first. */
    told: z.array(Alert.extend({ at: time, state: z.enum(['firing', 'resolved']) })),
    /** Where alerts go; empty: nobody is told. */
    channels: z.array(z.string()),
  }),
});
export type Seen = z.output<typeof Seen>;

export const LiveOutput = Seen.extend({
  now: time,
  /** Null, as is the spending: the ledger does not answer. */
  killed: z.boolean().nullable(),
  spending: z
    .strictObject({
      day: Cap,
      month: Cap,
      /** The latest first. */
      earlierDaysMicroUsd: z.array(amount),
      /** A cap with less room than this refuses every run. */
      worstRunMicroUsd: amount,
    })
    .nullable(),
  /** Runs in the model and before it. */
  room: z.strictObject({ limit: z.number().nonnegative(), inUse: amount, waiting: amount }),
});

export const UsersInput = z.strictObject({
  /** How a uid begins; empty: who spent most today, and who has a record. */
  search: z.string().max(128).default(''),
});
export const UsersOutput = z.strictObject({
  plans: z.array(z.string()),
  users: z.array(
    z.strictObject({
      uid: z.string(),
      /** What the audit log knows the user by. */
      target: z.string(),
      plan: z.string().nullable(),
      blocked: z.boolean(),
      dayMicroUsd: amount,
      monthMicroUsd: amount,
      monthRuns: amount,
    }),
  ),
});

/** The latest first. */
export const ReceiptsOutput = z.strictObject({ runs: z.array(KeptRun) });

/** The latest first. */
export const ActsOutput = z.strictObject({
  acts: z.array(
    z.strictObject({
      at: time,
      by: z.string(),
      what: z.string(),
      target: z.string().nullable(),
      /** JSON. */
      detail: z.string(),
    }),
  ),
});

const Setting = z.strictObject({
  name: z.string(),
  /** Of a secret only whether there is one. */
  value: z.string(),
});

export const SettingsOutput = z.strictObject({
  settings: z.array(Setting),
  /** What the forecast reckons with. */
  caps: z.strictObject({ dayMicroUsd: amount, monthMicroUsd: amount, attempts: amount, deadlineMs: amount }),
  hosting: z
    .strictObject({
      model: z.string(),
      firstHop: z.string(),
      database: z.string(),
      signIn: z.string(),
      modelInstances: amount,
      serverInstances: amount,
    })
    .nullable(),
});
export type ShownSettings = Pick<z.output<typeof SettingsOutput>, 'settings' | 'hosting'>;
