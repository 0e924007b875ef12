import { describe, expect, it } from 'vitest';
import { holds } from './figures.ts';
import { type BackendFacts, judgeModel, type Measured } from './ml-figures.ts';

const backend: BackendFacts = {
  backend: 'ml_backend_info{backend="openvino-bf16",workers="2"}',
  medians: { yardstick: 100, '1': 200, '8': 300, '64': 490, '32': 540 },
  raw: 590,
  cosine: 0.9999,
  neighbours: 0.99999,
  startedMb: 400,
  endedMb: 450,
};

const measured = (change: Partial<BackendFacts> = {}): Measured => ({
  threads: 2,
  results: [470, 500, 490].map((perSecond) => ({ name: 'auto: one sentence', concurrency: 64, perSecond, p50Ms: 1, p99Ms: 2 })),
  backends: { auto: { ...backend, ...change }, fast: { ...backend, ...change } },
  hollow: { cpuUs: 150 },
  overload: { offered: 2_450, perSecond: 450, other: 0, refusalP99Ms: 20 },
});

const failing = (change: Partial<BackendFacts>) =>
  judgeModel(measured(change))
    .bars.filter((bar) => !holds(bar))
    .map(({ name }) => name);

describe('the judgement of the model service', () => {
  it('holds exactly at the bars', () => {
    expect(failing({})).toEqual([]);
  });

  it.each<[string, Partial<BackendFacts>]>([
    ['default ÷ yardstick at 64 in flight', { medians: { ...backend.medians, yardstick: 140 } }],
    ['fast ÷ yardstick at 64 in flight', { medians: { ...backend.medians, yardstick: 101 } }],
    ['default: least cosine to fp32', { cosine: 0.9997 }],
    ['default: least cosine of a text to itself in other company', { neighbours: 0.977 }],
    ['default: service ÷ raw at 64 in flight', { raw: 620 }],
    ['default: service ÷ raw with 32 sentences a request', { medians: { ...backend.medians, '32': 500 } }],
    ['default: memory in the end, MB', { startedMb: 650, endedMb: 701 }],
    ['default: memory in the end ÷ when it was ready', { endedMb: 600 }],
    ['default: service ÷ raw at 64 in flight', { backend: 'onnx' }],
  ])('names what falls short: %s', (name, change) => {
    expect(failing(change)).toContain(name);
  });

  it('compares with fastembed by the yardstick beside each, where that was measured', () => {
    const peer = { cosine: 1, medians: { yardstick: 50, '1': 49, '32': 54 } };
    expect(judgeModel({ ...measured(), peer }).ratios).toMatchObject({
      'auto, 64 in flight ÷ fastembed, one sentence at a time': 5,
      'auto ÷ fastembed, 32 sentences at a time': 5,
    });
    expect(JSON.stringify(judgeModel(measured()))).not.toContain('fastembed');
  });

  it('tells one row a load, the middle of its rounds, and what nobody refused', () => {
    expect(judgeModel(measured()).results).toEqual([
      { name: 'auto: one sentence', concurrency: 64, perSecond: 490, p50Ms: 1, p99Ms: 2 },
    ]);
    const silent = { offered: 1, perSecond: 450, other: 0, refusalP99Ms: null };
    const { bars } = judgeModel({ ...measured(), overload: silent });
    expect(bars.filter((bar) => !holds(bar)).map(({ name }) => name)).toEqual(['overload: refusals, p99 ms']);
  });
});
