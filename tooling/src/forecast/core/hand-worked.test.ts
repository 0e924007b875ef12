import { describe, expect, it } from 'vitest';
import { readPrices } from '../inputs.ts';
import { billOf, sumOf, type Usage } from './bill.ts';
import { modelBill, type ModelMonth } from './model-bill.ts';
import { offerOf } from './prices.ts';
import { hopBill, type HopMonth } from './shared-bills.ts';

/** Worked out by hand from the vendors' rules. Who changes a price works its examples out again. */
const prices = await readPrices();

const model = (id: string, month: Partial<ModelMonth>) =>
  modelBill(offerOf(prices, 'model', id), { calls: 0, busyS: 0, idleS: 0, starts: 0, startS: 0, days: 30, ...month });
const hop = (id: string, month: Partial<HopMonth>) =>
  hopBill(offerOf(prices, 'first-hop', id), { days: 30, requests: 0, seconds: 0, egressGib: 0, ...month });
const data = (id: string, usage: Usage) => billOf(offerOf(prices, 'database', id), usage, 30);
const signIn = (id: string, usage: Usage) => billOf(offerOf(prices, 'sign-in', id), usage, 30);

/** Amounts of a bill, each to a millionth of a USD. */
const expectParts = (parts: object, expected: object) => {
  const rounded = Object.entries(parts).map(([name, usd]: [string, number]) => [name, Math.round(usd * 1e6) / 1e6]);
  expect(Object.fromEntries(rounded)).toEqual(expected);
};

describe('Google Cloud', () => {
  it('an instance that is billed while it lives', () => {
    // A second: 2 × 0.000018 + 2 × 0.000002 = 0.00004. Busy 100,000 s: 4.00. Idle 20,000 s, and 10 lives that lose half of 0.1 s
    // each: 20,000.5 s: 0.80002. 10 starts of 4 s: 40 s: 0.0016.
    const parts = model('cloud_run_cpu_instance', { busyS: 100_000, idleS: 20_000, starts: 10, startS: 4 });
    expectParts(parts, { modelCompute: 4, idleTail: 0.80002, coldStarts: 0.0016 });
  });
  it('requests that are billed while they run', () => {
    // A second: 2 × 0.000024 + 2 × 0.0000025 = 0.000053. 500,000 s: 26.50. Of 3 M requests 2 M are free: 0.40. Idle is free.
    // 100 starts of 4 s: 400 s: 0.0212.
    const parts = model('cloud_run_cpu_request', { calls: 3e6, busyS: 500_000, idleS: 90_000, starts: 100, startS: 4 });
    expectParts(parts, { modelCompute: 26.9, idleTail: 0, coldStarts: 0.0212 });
  });
  it('one wake of a GPU', () => {
    // A second: 4 × 0.000018 + 16 × 0.000002 + 0.0001867 = 0.000072 + 0.000032 + 0.0001867 = 0.0002907. Busy 2 s: 0.0005814.
    // Tail of 900 s and half a second: 0.26177535. Start of 10 s: 0.002907.
    const parts = model('cloud_run_gpu_l4', { calls: 1, busyS: 2, idleS: 900, starts: 1, startS: 10 });
    expectParts(parts, { modelCompute: 0.000581, idleTail: 0.261775, coldStarts: 0.002907 });
  });
  it('a first hop by the request, with egress', () => {
    // 1,000 s × (0.000024 + 0.5 × 0.0000025) = 0.02525. 3 M requests, 2 M free: 0.40. 11 GiB, 1 free: 10 × 0.12 = 1.20.
    expectParts(hop('cloud_functions', { requests: 3e6, seconds: 1_000, egressGib: 11 }), { firstHop: 0.42525, egress: 1.2 });
  });
});

describe('Cloudflare', () => {
  it('a container above what is included', () => {
    // 100,000 s of 2 vCPU and 2 GiB: 200,000 − 22,500 = 177,500 × 0.00002 = 3.55; 200,000 − 90,000 = 110,000 × 0.0000025 = 0.275;
    // and 5 a month: 8.825.
    expectParts(model('cloudflare_containers', { busyS: 100_000 }), { modelCompute: 8.825, idleTail: 0, coldStarts: 0 });
  });
  it('a container within it', () => {
    // 20,000 vCPU-s of 22,500, 20,000 GiB-s of 90,000: 5.
    expectParts(model('cloudflare_containers', { busyS: 10_000 }), { modelCompute: 5, idleTail: 0, coldStarts: 0 });
  });
  it('Workers', () => {
    // 12 M requests, 10 M included: 2 × 0.30 = 0.60. 4 ms each: 48,000 s, 30,000 included: 18 × 1,000 s × 0.02 = 0.36. And 5.
    expectParts(hop('cloudflare_workers', { requests: 12e6, egressGib: 500 }), { firstHop: 5.96, egress: 0 });
  });
});

describe('AWS', () => {
  it('Lambda above its free tier', () => {
    // 150,000 s × 3.5 GB = 525,000 − 400,000 = 125,000 × 0.0000133334 = 1.666675. 2 M calls, 1 M free: 0.20.
    const parts = model('aws_lambda_arm', { calls: 2e6, busyS: 150_000 });
    expectParts(parts, { modelCompute: 1.866675, idleTail: 0, coldStarts: 0 });
  });
  it('Lambda within it', () => {
    // 100,000 × 3.5 = 350,000 GB-s of 400,000, 1 M calls of 1 M.
    const parts = model('aws_lambda_arm', { calls: 1e6, busyS: 100_000, idleS: 1_000 });
    expectParts(parts, { modelCompute: 0, idleTail: 0, coldStarts: 0 });
  });
  it('Lambda as the first hop', () => {
    // 1 M s × 0.5 GB = 500,000 − 400,000 = 100,000 × 0.0000133334 = 1.33334. 4 M requests, 1 M free: 0.60.
    expectParts(hop('aws_lambda_hop', { requests: 4e6, seconds: 1e6 }), { firstHop: 1.93334, egress: 0 });
  });
});

describe('RunPod', () => {
  it('one wake', () => {
    // 2 s of work, 5 s of tail and half a second lost, 2 s of start, at 0.00019.
    const parts = model('runpod_l4', { calls: 1, busyS: 2, idleS: 5, starts: 1, startS: 2 });
    expectParts(parts, { modelCompute: 0.00038, idleTail: 0.001045, coldStarts: 0.00038 });
  });
  it('an hour of H100', () => {
    // 3,600 × 0.00116.
    expectParts(model('runpod_h100', { busyS: 3_600 }), { modelCompute: 4.176, idleTail: 0, coldStarts: 0 });
  });
  it('a pod all month', () => {
    // 720 h × 1.79 = 1,288.80, of which 648,000 of 2,592,000 s worked: a quarter, 322.20.
    const parts = model('runpod_pod_a100', { busyS: 648_000, idleS: 1_944_000 });
    expectParts(parts, { modelCompute: 322.2, idleTail: 966.6, coldStarts: 0 });
  });
});

describe('Modal', () => {
  it('above the credit', () => {
    // A second: 0.000222 + 2 × 0.0000131 + 4 × 0.00000222 = 0.00025708. A million: 257.08, less 30.
    expectParts(model('modal_l4', { busyS: 1e6 }), { modelCompute: 227.08, idleTail: 0, coldStarts: 0 });
  });
  it('within it', () => {
    // 0.000164 + 0.00003508 = 0.00019908 × 100,000 = 19.908.
    expectParts(model('modal_t4', { busyS: 100_000 }), { modelCompute: 0, idleTail: 0, coldStarts: 0 });
  });
  it('the credit is shared out', () => {
    // 0.000306 + 0.00003508 = 0.00034108 × 300,000 = 102.324, less 30: 72.324, two thirds of it worked.
    expectParts(model('modal_a10', { busyS: 200_000, idleS: 100_000 }), {
      modelCompute: 48.216,
      idleTail: 24.108,
      coldStarts: 0,
    });
  });
});

describe('Replicate', () => {
  it('a CPU', () => {
    // 50,000 × 0.0001.
    expectParts(model('replicate_cpu', { busyS: 50_000 }), { modelCompute: 5, idleTail: 0, coldStarts: 0 });
  });
  it('a private model pays for set-up and idle too', () => {
    // At 0.000225: 1,000 s of work; 6,000 s idle and 100 × half a second; 100 starts of 12 s.
    const parts = model('replicate_t4', { busyS: 1_000, idleS: 6_000, starts: 100, startS: 12 });
    expectParts(parts, { modelCompute: 0.225, idleTail: 1.36125, coldStarts: 0.27 });
  });
  it('an hour of A100', () => {
    // 3,600 × 0.0014.
    expectParts(model('replicate_a100', { busyS: 3_600 }), { modelCompute: 5.04, idleTail: 0, coldStarts: 0 });
  });
});

describe('Hugging Face', () => {
  it('ten hours', () => {
    // 10 × 0.80.
    expectParts(model('hf_aws_l4', { busyS: 36_000 }), { modelCompute: 8, idleTail: 0, coldStarts: 0 });
  });
  it('one wake', () => {
    // At 0.80 / 3,600: a minute of work 0.013333; an hour of tail and half a minute lost 0.806667; 135 s of start 0.03.
    const parts = model('hf_aws_l4', { calls: 1, busyS: 60, idleS: 3_600, starts: 1, startS: 135 });
    expectParts(parts, { modelCompute: 0.013333, idleTail: 0.806667, coldStarts: 0.03 });
  });
  it('idle all month', () => {
    // 720 × 0.50.
    expectParts(model('hf_aws_t4', { idleS: 2_592_000 }), { modelCompute: 0, idleTail: 360, coldStarts: 0 });
  });
});

describe('Fly.io', () => {
  it('a machine for 30 days', () => {
    expectParts(hop('fly_shared_1gb', { seconds: 2_592_000, requests: 1e9 }), { firstHop: 5.7, egress: 0 });
  });
  it('two of them for 31 days', () => {
    // 2 × 5.70 × 31 / 30 = 11.78.
    expectParts(hop('fly_shared_1gb', { seconds: 2 * 2_678_400, days: 31 }), { firstHop: 11.78, egress: 0 });
  });
  it('egress', () => {
    // 50 × 0.02.
    expectParts(hop('fly_shared_1gb', { egressGib: 50 }), { firstHop: 0, egress: 1 });
  });
});

describe('Supabase', () => {
  it.each([
    // Half a million is free, the rest 2 a million.
    [400_000, 0],
    [1_500_000, 2],
    [10_500_000, 20],
  ])('%i invocations', (requests, usd) => {
    expectParts(hop('supabase_edge', { requests }), { firstHop: usd, egress: 0 });
  });
});

describe('Vercel', () => {
  it('memory for as long as instances live', () => {
    // 1 M s × 2 GB = 2,000,000 − 1,296,000 = 704,000 / 3,600 × 0.0106 = 2.072889. 2 M × 4 ms = 8,000 s of 14,400 free.
    // 2 M invocations, 1 M free: 0.60.
    expectParts(hop('vercel_fluid', { requests: 2e6, seconds: 1e6 }), { firstHop: 2.672889, egress: 0 });
  });
  it('CPU', () => {
    // 10 M × 4 ms = 40,000 − 14,400 = 25,600 s = 7.111111 h × 0.128 = 0.910222. 9 M × 0.60 = 5.40.
    expectParts(hop('vercel_fluid', { requests: 10e6 }), { firstHop: 6.310222, egress: 0 });
  });
  it('within what is free', () => {
    expectParts(hop('vercel_fluid', { requests: 1e6, seconds: 500_000 }), { firstHop: 0, egress: 0 });
  });
});

describe('Firebase', () => {
  const month: Usage = { document_read: 3e6, document_write: 900_000, stored_gib: 5, egress_gib: 15 };

  it('Firestore in one region', () => {
    // Reads 3 M − 30 × 50,000 = 1.5 M × 0.03 / 100,000 = 0.45. Writes 900,000 − 600,000 = 300,000 × 0.09 / 100,000 = 0.27.
    // 4 GiB × 0.15 = 0.60. 5 GiB out × 0.12 = 0.60.
    const { usd, refused } = data('firestore_regional', month);
    expectParts(usd, { document_read: 0.45, document_write: 0.27, document_delete: 0, stored_gib: 0.6, egress_gib: 0.6 });
    expect(refused).toEqual({});
  });
  it('Firestore in several', () => {
    // 1.5 M × 0.06 / 100,000 = 0.90. 300,000 × 0.18 / 100,000 = 0.54. 4 × 0.18 = 0.72. 0.60.
    const { usd } = data('firestore_multi_region', month);
    expectParts(usd, { document_read: 0.9, document_write: 0.54, document_delete: 0, stored_gib: 0.72, egress_gib: 0.6 });
  });
  it('the free plan refuses instead of billing', () => {
    // Of 3 M reads 1.5 M, of 900,000 writes 600,000, of 5 GiB 1, of 15 GiB out 10 are served.
    const { usd, refused } = data('firestore_spark', month);
    expect(sumOf(usd)).toBe(0);
    expect(refused).toEqual({ document_read: 1.5e6, document_write: 300_000, stored_gib: 4, egress_gib: 5 });
  });
  it.each([
    // 50,000 are free, the next 50,000 cost 0.0055 each, 275 in all; those to a million 0.0046: 50,000 of them 230.
    [50_000, 0],
    [100_000, 275],
    [150_000, 505],
    // 275 + 900,000 × 0.0046 = 4,140, and a million of 0.0032: 3,200.
    [2_000_000, 7_615],
  ])('%i users a month', (active_user, usd) => {
    expect(sumOf(signIn('firebase_auth', { active_user }).usd)).toBeCloseTo(usd, 6);
  });
});

it('every vendor has its examples', () => {
  const shown = [
    'Google Cloud',
    'Cloudflare',
    'AWS',
    'RunPod',
    'Modal',
    'Replicate',
    'Hugging Face',
    'Fly.io',
    'Supabase',
    'Vercel',
    'Firebase',
  ];
  expect([...new Set(prices.offers.map(({ vendor }) => vendor))].toSorted()).toEqual(shown.toSorted());
});
