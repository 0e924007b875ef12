import { z } from 'zod';
import { firstIssue } from './first-issue.ts';

const positive = z.number().positive();
const amount = z.number().nonnegative();

/** What is counted. Seconds of an instance are multiplied by its shape first: two vCPU for a second are two `vcpu_second`. */
const Unit = z.enum([
  'vcpu_second',
  'gib_second',
  'gpu_second',
  'instance_second',
  'cpu_second',
  'request',
  'month',
  'egress_gib',
  'document_read',
  'document_write',
  'document_delete',
  'stored_gib',
  'active_user',
  'active_user_day',
]);
export type Unit = z.output<typeof Unit>;

const Allowance = z.strictObject({ amount, each: z.enum(['day', 'month']) });

const Meter = z
  .strictObject({
    unit: Unit,
    /** USD for `per` units; with `tiers` each part of the quantity has its own price. */
    usd: amount.optional(),
    tiers: z.array(z.strictObject({ upTo: positive.nullable(), usd: amount })).optional(),
    per: positive.default(1),
    /** What costs nothing. What a day leaves over is lost. */
    free: Allowance.optional(),
    /** What is above it is refused and costs nothing: the maximum that this meter has. */
    quota: Allowance.optional(),
  })
  .refine(({ usd, tiers }) => (usd === undefined) !== (tiers === undefined), 'must have either usd or tiers')
  .refine(({ tiers }) => tiers === undefined || tiers.at(-1)?.upTo === null, 'the last tier must have upTo null');
export type Meter = z.output<typeof Meter>;

const Runs = z.strictObject({
  /**
   * `always`: from the first second of a month to the last. `instance`: while an instance lives, idle tail and start included.
   * `request`: while one works on a call, and while it starts. `call`: no time at all, only what is counted by the call.
   */
  bills: z.enum(['always', 'instance', 'request', 'call']),
  /** Units of one instance for one second. */
  shape: z.partialRecord(Unit, positive),
  granularitySeconds: positive,
  /** How long an instance without calls lives on. */
  idleTailSeconds: amount,
  /** Until the platform has started it; the model's own start comes on top. */
  startSeconds: amount,
});

const ModelRuns = Runs.extend({
  /** It is started from a picture of its memory, the model in it: nothing comes on top of `startSeconds`. */
  snapshot: z.boolean().default(false),
});

const HopRuns = Runs.extend({
  /** Requests that are open in one instance at a time. */
  callsAtATime: z.int().positive(),
});

const common = {
  id: z.string().regex(/^[a-z0-9_]+$/),
  vendor: z.string(),
  name: z.string(),
  /** Day on which the price was seen; null: the page that it was read from has no date. */
  asOf: z.iso.date().nullable(),
  source: z.string().min(1),
  /** The vendor's own page or documents say so. */
  verified: z.boolean(),
  /** What of a verified row is not: the length of the idle tail, the price of egress. */
  unverified: z.array(z.string()).default([]),
  note: z.string().optional(),
  meters: z.array(Meter).min(1),
};

const ModelOffer = z.strictObject({
  ...common,
  role: z.literal('model'),
  device: z.string(),
  /** Of the bill of a month, credited. */
  creditUsd: amount.default(0),
  runs: ModelRuns,
});
const FirstHopOffer = z.strictObject({
  ...common,
  role: z.literal('first-hop'),
  edge: z.boolean().default(false),
  runs: HopRuns,
});
const DatabaseOffer = z.strictObject({ ...common, role: z.literal('database') });
const SignInOffer = z.strictObject({ ...common, role: z.literal('sign-in') });

const Offer = z.discriminatedUnion('role', [ModelOffer, FirstHopOffer, DatabaseOffer, SignInOffer]);
export type Offer = z.output<typeof Offer>;
export type Role = Offer['role'];
export type ModelOffer = z.output<typeof ModelOffer>;
export type FirstHopOffer = z.output<typeof FirstHopOffer>;

const Device = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** How many times as fast as the machine of the measurement it runs one page. */
  timesFaster: positive,
  /** False: declared, and the forecast is less sure of it. */
  measured: z.boolean(),
  basis: z.string().min(1),
});
export type Device = z.output<typeof Device>;

const Prices = z
  .strictObject({ currency: z.literal('USD, before tax'), devices: z.array(Device).min(1), offers: z.array(Offer).min(1) })
  .superRefine(({ devices, offers }, context) => {
    const known = new Set(devices.map(({ id }) => id));
    for (const [index, offer] of offers.entries()) {
      if (offers.findIndex(({ id }) => id === offer.id) !== index)
        context.addIssue({ code: 'custom', path: ['offers', index, 'id'], message: `"${offer.id}" is there twice` });
      if (offer.role === 'model' && !known.has(offer.device))
        context.addIssue({ code: 'custom', path: ['offers', index, 'device'], message: `"${offer.device}" is none of devices` });
    }
  });
export type Prices = z.output<typeof Prices>;

/** @throws Error naming the first field of prices.json that is wrong. */
export function checkPrices(json: unknown): Prices {
  const parsed = Prices.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`prices.json: ${firstIssue(parsed.error, 'prices')}`);
}

/** @throws Error that names the offers there are. */
export function offerOf<R extends Role>(prices: Prices, role: R, id: string): Extract<Offer, { role: R }> {
  const ofRole = prices.offers.filter((offer): offer is Extract<Offer, { role: R }> => offer.role === role);
  const found = ofRole.find((offer) => offer.id === id);
  if (!found) throw new Error(`"${id}" is no ${role} of prices.json; there are: ${ofRole.map((offer) => offer.id).join(', ')}`);
  return found;
}

const DAY_MS = 86_400_000;
/** A price that is older is marked wherever it is printed. */
export const FRESH_DAYS = 180;

/** How far a price can be trusted on a day. */
export interface Trust {
  readonly asOf: string | null;
  readonly verified: boolean;
  /** Older than `FRESH_DAYS`, or of unknown age. */
  readonly stale: boolean;
}

export const trustOf = (offer: Offer, today: string): Trust => ({
  asOf: offer.asOf,
  verified: isVerified(offer),
  stale: isStale(offer.asOf, today),
});

/** All of it by the vendor's own word. */
export const isVerified = ({ verified, unverified }: Offer): boolean => verified && unverified.length === 0;

export const isStale = (asOf: string | null, today: string): boolean =>
  asOf === null || (Date.parse(today) - Date.parse(asOf)) / DAY_MS > FRESH_DAYS;
