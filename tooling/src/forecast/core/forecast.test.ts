import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMeasured, readPrices } from '../inputs.ts';
import { certificateOf, raisedBy } from './certificate.ts';
import { forecast, type ForecastInput, forecastOf, hostedOf } from './forecast.ts';
import { type Caps, type Hosting, partNames, totalOf } from './hosting.ts';
import { checkPrices, offerOf, type Prices, trustOf } from './prices.ts';
import { checkMeasured, unitCostOf } from './unit-cost.ts';
import { questions, withPrice } from './what-if.ts';
import { checkWorkload } from './workload.ts';
import { worstOf } from './worst.ts';

const prices = await readPrices();
const measured = await readMeasured();
const caps: Caps = { dayMicroUsd: 5e6, monthMicroUsd: 50e6, attempts: 1, deadlineMs: 20_000 };
const hosting: Hosting = {
  model: 'cloud_run_cpu_instance',
  firstHop: 'fly_shared_1gb',
  database: 'firestore_spark',
  signIn: 'firebase_auth_spark',
  modelInstances: 1,
  serverInstances: 1,
};
/** One for the file: what is simulated once need not be again. */
const simulations: ForecastInput['simulations'] = new Map();
const input: ForecastInput = {
  workload: checkWorkload({ users: 1_000, callsPerUserDay: 5 }),
  prices,
  measured,
  hosting,
  caps,
  today: '2026-11-26',
  simulations,
};
const rows = forecast(input);
const p50 = (of: ForecastInput, id = hosting.model) => forecastOf(of, { ...of.hosting, model: id }).months[0].p50;

describe('a forecast', () => {
  it('has a row for each of a dozen offers and more, the cheapest first', () => {
    expect(rows.length).toBeGreaterThanOrEqual(12);
    const amounts = rows.map(({ months: [first] }) => first.p50.usd);
    expect(amounts).toEqual(amounts.toSorted((one, other) => one - other));
  });

  it.each(rows.map((row) => [row.id, row] as const))('%s: P50 ≤ P95 ≤ worst, and the parts sum up', (_id, row) => {
    const [{ p50: middle, p95, worst }] = row.months;
    expect(middle.usd).toBeGreaterThan(0);
    expect(p95.usd).toBeGreaterThanOrEqual(middle.usd);
    expect(worst.usd).toBeGreaterThanOrEqual(p95.usd);
    for (const { usd, parts } of [middle, p95, worst]) {
      expect(totalOf(parts)).toBeCloseTo(usd, 9);
      expect(partNames.filter((name) => !(parts[name] >= 0))).toEqual([]);
    }
  });

  it('is the same for the same input', () => {
    expect(forecastOf({ ...input, simulations: new Map() }, hosting)).toEqual(forecastOf(input, hosting));
  });

  it('counts the compute of the calls: 150,000 a month, each at its measured mean', () => {
    // The price of a second of the offer is 0.00004; half of the months have fewer calls, or slower pages, than expected.
    const expected = 150_000 * unitCostOf(measured, input.workload.pages).meanS * 0.00004;
    const id = 'cloud_run_cpu_instance';
    const middle = rows.find((row) => row.id === id)?.months[0].p50.parts.modelCompute ?? Number.NaN;
    expect(middle / expected).toBeGreaterThan(0.5);
    expect(middle / expected).toBeLessThan(2);
  });

  it('pays the idle tail, not the calls, when there are few', () => {
    const few: ForecastInput = { ...input, workload: checkWorkload({ users: 10, callsPerUserDay: 1 }) };
    // Ten calls a day, a tail of 15 minutes each at most, at 0.0002907 a second: at most 78.49, and hardly any of it shared.
    const { parts } = p50(few, 'cloud_run_gpu_l4');
    expect(parts.idleTail).toBeGreaterThan(50);
    expect(parts.idleTail).toBeLessThan(10 * 30 * 900 * 0.0002907 * 1.6);
    expect(parts.idleTail).toBeGreaterThan(500 * parts.modelCompute);
    // Five seconds of tail: 0.00019 × 5.5 × 300 calls = 0.31.
    expect(p50(few, 'runpod_l4').parts.idleTail).toBeLessThan(0.6);
  });

  it('grows by month, and the months of a steady project are alike', () => {
    const workload = checkWorkload({ users: 1_000, callsPerUserDay: 5, months: 3, growthPerMonth: 1 });
    const { months } = forecastOf({ ...input, workload }, { ...hosting, model: 'aws_lambda_arm' });
    expect(months.map(({ month, users }) => [month, users])).toEqual([
      [1, 1_000],
      [2, 2_000],
      [3, 4_000],
    ]);
    expect(months[2]?.p50.usd ?? 0).toBeGreaterThan(months[0].p50.usd);
    const steady = forecastOf({ ...input, workload: { ...workload, growthPerMonth: 0 } }, hosting);
    expect(steady.months[2]?.p50).toEqual(steady.months[0].p50);
  });

  it('never charges more compute than the cap allows, and says what is turned away', () => {
    const workload = checkWorkload({ users: 1_000_000, callsPerUserDay: 5 });
    const [month] = forecastOf({ ...input, workload }, { ...hosting, modelInstances: 10 }).months;
    // 50 USD at 0.00004 a second are 1,250,000 s.
    expect(month.p95.parts.modelCompute).toBeLessThanOrEqual(50 + 1e-9);
    expect(month.refusedP50).toBeGreaterThan(0.9);
    expect(month.refusedP95).toBeGreaterThanOrEqual(month.refusedP50);
  });

  it('names what a free plan refuses, and a first hop that is too small', () => {
    const workload = checkWorkload({ users: 1_000_000, callsPerUserDay: 20 });
    const { notes } = forecastOf({ ...input, workload }, hosting);
    expect(notes).toEqual([
      expect.stringMatching(/^a free plan refuses \d+ document_read a month$/),
      expect.stringMatching(/document_write/),
      expect.stringMatching(/stored_gib/),
      expect.stringMatching(/egress_gib/),
      expect.stringMatching(/active_user_day/),
      expect.stringMatching(/^the first hop needs \d+ instances/),
    ]);
  });
});

describe('the worst case', () => {
  it('worked out by hand: instances all month, and what compute the cap allows', () => {
    // 31 days × 86,400 s × 0.00004 = 107.136, of which 50 are compute at most; the machine of the first hop 5.70 × 31 / 30 = 5.89.
    const { parts, unbounded } = worstOf(hostedOf(prices, hosting), caps);
    expect(parts.modelCompute).toBe(50);
    expect(parts.idleTail).toBeCloseTo(57.136, 9);
    expect(parts.firstHop).toBeCloseTo(5.89, 9);
    expect(totalOf(parts)).toBeCloseTo(113.026, 9);
    expect(unbounded).toEqual([{ part: 'egress', offer: 'fly_shared_1gb', unit: 'egress_gib' }]);
  });

  it('counts calls by the micro-USD that each costs at least', () => {
    // 50 M calls at most: Lambda bills 49 M of them at 0.20 a million, 9.80. 2,678,400 s × 3.5 GB = 9,374,400 − 400,000 free
    // = 8,974,400 × 0.0000133334 = 119.65926.
    const { parts } = worstOf(hostedOf(prices, { ...hosting, model: 'aws_lambda_arm' }), caps);
    expect(parts.modelCompute + parts.idleTail).toBeCloseTo(129.459265, 5);
  });

  it('a day’s cap bounds the month too', () => {
    const { parts } = worstOf(hostedOf(prices, hosting), { ...caps, dayMicroUsd: 1e6 });
    expect(parts.modelCompute).toBe(31);
  });

  it('has no maximum where strangers are billed by the request, and says so', () => {
    const edge = hostedOf(prices, {
      ...hosting,
      firstHop: 'cloudflare_workers',
      database: 'firestore_regional',
      signIn: 'firebase_auth',
    });
    expect(worstOf(edge, caps).unbounded.map(({ part, unit }) => `${part} ${unit}`)).toEqual([
      'firstHop request',
      'firstHop cpu_second',
      'database document_read',
      'database document_write',
      'database document_delete',
      'database stored_gib',
      'egress egress_gib',
      'signIn active_user',
    ]);
  });

  it('is not exceeded by any month that can be drawn', () => {
    const months = fc.record({
      users: fc.integer({ min: 1, max: 200_000 }),
      callsPerUserDay: fc.double({ min: 0.1, max: 50, noNaN: true }),
    });
    const instances = fc.integer({ min: 1, max: 3 });
    const ids = fc.constantFrom('aws_lambda_arm', 'runpod_l4', 'cloud_run_cpu_request', 'hf_aws_t4');
    fc.assert(
      fc.property(months, instances, ids, (workload, modelInstances, model) => {
        const [{ p95, worst }] = forecastOf(
          { ...input, workload: checkWorkload(workload) },
          { ...hosting, model, modelInstances },
        ).months;
        expect(p95.usd).toBeLessThanOrEqual(worst.usd + 1e-9);
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});

describe('the certificate', () => {
  const now = certificateOf(hostedOf(prices, hosting), caps);

  it('is the worst case in whole cents', () => {
    expect(now.certificateUsd).toBe(113.03);
    expect(now.unbounded).toEqual(['egress: fly_shared_1gb by egress_gib']);
  });

  it.each<[string, Partial<Hosting>, Partial<Caps>, RegExp[]]>([
    ['the same', {}, {}, []],
    ['a lower cap alone', {}, { monthMicroUsd: 10e6 }, []],
    ['a second instance', { modelInstances: 2 }, {}, [/^The maximum bill is 220.17 USD a month; accepted were 113.03/]],
    ['edge functions', { firstHop: 'supabase_edge' }, {}, [/^Nothing bounds firstHop: supabase_edge by request/]],
  ])('%s', (_name, change, cap, expected) => {
    const other = certificateOf(hostedOf(prices, { ...hosting, ...change }), { ...caps, ...cap });
    expect(raisedBy(now, other)).toEqual(expected.map((each): unknown => expect.stringMatching(each)));
  });
});

describe('what if', () => {
  it('a vendor, or one offer, changes its price', () => {
    const doubled: ForecastInput = { ...input, prices: withPrice(prices, 'runpod', 2) };
    expect(p50(doubled, 'runpod_l4').parts.idleTail).toBeCloseTo(2 * p50(input, 'runpod_l4').parts.idleTail, 9);
    expect(p50(doubled, 'modal_l4')).toEqual(p50(input, 'modal_l4'));
    const one = withPrice(prices, 'firebase_auth', 3);
    expect(offerOf(one, 'sign-in', 'firebase_auth').meters[0]?.tiers?.map(({ usd }) => usd)[1]).toBeCloseTo(0.0165, 9);
    expect(() => withPrice(prices, 'Nobody', 2)).toThrow('"Nobody" is neither a vendor (Google Cloud,');
  });

  it('the questions have their answers in figures', () => {
    const answers = questions(input);
    const find = (start: string) => {
      const found = answers.find(({ question }) => question.startsWith(start));
      if (!found) throw new Error(`nobody asked "${start}"`);
      return { ...found, usd: found.after.months[0].p50.usd - found.before.months[0].p50.usd };
    };
    // All of the model's bill, 0.00004 × 2,592,000 s = 103.68, once more.
    expect(find('Google Cloud doubles its prices, and you stay').usd).toBeCloseTo(103.68, 0);
    expect(find('Google Cloud doubles its prices, and the model moves').after.vendor).not.toBe('Google Cloud');
    // Of 372,000 requests a month Supabase takes half a million for nothing; the machine's 5.70 and its egress go.
    expect(find('edge functions of Supabase').usd).toBeLessThan(-5.7);
    expect(find('edge functions of Supabase').after.unbounded.map(({ unit }) => unit)).toEqual(['request']);
    // Every document goes out twice: 30 × 2 KiB × 0.4 × 1,000 × 30 = 0.69 GiB at 0.02, and 396,000 requests more of heads.
    expect(find('the database through the server: Firestore, one region').usd).toBeCloseTo(0.02, 2);
  });
});

describe('prices', () => {
  const [offer] = prices.offers;
  if (!offer) throw new Error('prices.json is empty');

  it.each([
    ['2026-05-30', '2026-11-26', false],
    ['2026-05-29', '2026-11-26', true],
    [null, '2026-11-26', true],
  ])('of %s are old on %s: %s', (asOf, today, stale) => {
    expect(trustOf({ ...offer, asOf }, today).stale).toBe(stale);
  });

  it('are verified when nothing of them is not', () => {
    const verified = (change: object) => trustOf({ ...offer, verified: true, unverified: [], ...change }, '2026-11-26').verified;
    expect([verified({}), verified({ verified: false }), verified({ unverified: ['egress'] })]).toEqual([true, false, false]);
  });

  const broken = (change: (json: Prices) => unknown) => () => checkPrices(change(structuredClone(prices)));
  it.each<[string, () => unknown]>([
    [
      'prices.json: offers.1.id: "cloud_run_cpu_instance" is there twice',
      broken((json) => ({ ...json, offers: [json.offers[0], json.offers[0]] })),
    ],
    ['prices.json: offers.0.device: "cpu2" is none of devices', broken((json) => ({ ...json, devices: json.devices.slice(1) }))],
    ['prices.json: offers.0.asOf: ', broken((json) => ({ ...json, offers: [{ ...json.offers[0], asOf: 'August' }] }))],
    ['prices.json: offers.0.source: ', broken((json) => ({ ...json, offers: [{ ...json.offers[0], source: '' }] }))],
    [
      'prices.json: offers.0.meters.0: must have either usd or tiers',
      broken((json) => ({ ...json, offers: [{ ...json.offers[0], meters: [{ unit: 'request' }] }] })),
    ],
    [
      'prices.json: offers.0.meters.0.usd: ',
      broken((json) => ({ ...json, offers: [{ ...json.offers[0], meters: [{ unit: 'request', usd: -1 }] }] })),
    ],
    ['"runpod" is no model of prices.json; there are: cloud_run_cpu_instance,', () => offerOf(prices, 'model', 'runpod')],
    ['users: ', () => checkWorkload({ users: 0, callsPerUserDay: 1 })],
    [
      'pages: p95Chars must not be below',
      () => checkWorkload({ users: 1, callsPerUserDay: 1, pages: { p50Chars: 2, p95Chars: 1 } }),
    ],
    ['measured compute: points: must ascend', () => checkMeasured({ ...measured, points: measured.points.toReversed() })],
  ])('refused: %s', (message, work) => {
    expect(work).toThrow(message);
  });
});

describe('the unit cost', () => {
  it('is what was measured at a measured size, a power between two and beyond them', () => {
    const points = [1_000, 4_000].map((chars) => ({
      chars,
      p25ComputeUs: chars * 100,
      p50ComputeUs: 1,
      p95ComputeUs: 1,
      replyBytes: 500,
    }));
    const of = (chars: number) => unitCostOf({ ...measured, points }, { p50Chars: chars, p95Chars: chars });
    // 100 µs a character, at every length.
    for (const chars of [500, 1_000, 2_000, 4_000, 40_000]) expect(of(chars).meanS).toBeCloseTo(chars * 1e-4, 9);
    expect(of(2_000).meanReplyBytes).toBe(500);
  });

  it('of log-normal pages has their mean', () => {
    const points = [1_000, 4_000].map((chars) => ({
      chars,
      p25ComputeUs: chars * 100,
      p50ComputeUs: 1,
      p95ComputeUs: 1,
      replyBytes: 500,
    }));
    const { computeS, meanS } = unitCostOf({ ...measured, points }, { p50Chars: 4_000, p95Chars: 16_000 });
    // σ = ln 4 / 1.6449 = 0.8428; the mean is 4,000 × e^(σ²/2) = 5,705 characters.
    expect(meanS).toBeCloseTo(0.5705, 1);
    expect(computeS.filter((each) => each > 1.6).length / computeS.length).toBeCloseTo(0.05, 1);
  });
});
