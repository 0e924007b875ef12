import { describe, expect, it } from 'vitest';
import { randomFrom } from '../random.ts';
import { holds } from './figures.ts';
import { judgeQuotes, type Quoted } from './quote-figures.ts';
import { textOf } from './quote-texts.ts';
import { benchQuote } from './quote.ts';

describe('texts', () => {
  it('are the same for the same seed, and otherwise all different', () => {
    const texts = (seed: number) => {
      const random = randomFrom(seed);
      return Array.from({ length: 50 }, () => textOf(300, random));
    };
    expect(texts(7)).toEqual(texts(7));
    expect(new Set([...texts(7), ...texts(8)]).size).toBe(100);
  });

  it.each([200, 2_000, 20_000])('have %i characters and at most a sentence more', (chars) => {
    const text = textOf(chars, randomFrom(chars));
    expect(text.length).toBeGreaterThanOrEqual(chars - 1);
    expect(text.length - chars).toBeLessThan(500);
  });

  it('are made of sentences as people write them', () => {
    const sentences = textOf(20_000, randomFrom(3)).split(/(?<=\.)\s+/);
    const words = sentences.map((sentence) => sentence.split(' ').length);
    expect(Math.min(...words)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...words)).toBeLessThan(60);
    expect(sentences.every((sentence) => /^[A-Z][a-z ,A-Z]*\.$/.test(sentence))).toBe(true);
  });
});

describe('the judgement', () => {
  const quotedAt = (p50Us: number, actualUs: number): Quoted => ({ p50Us, p95Us: 1_500, learnedFromRuns: 9, actualUs });
  const nineteenOfTwenty = Array.from({ length: 100 }, (_, index) => quotedAt(index < 95 ? 1_250 : 4_000, 1_000));

  it('holds at a quarter for nineteen of twenty, and not above', () => {
    const { bars, ratios } = judgeQuotes(nineteenOfTwenty, [1_000, 1_000]);
    expect(bars.map(holds)).toEqual([true]);
    expect(ratios).toMatchObject({ 'receipt against its quoted p50, p50': 0.25, 'receipt against its quoted p50, p99': 3 });
    expect(judgeQuotes(nineteenOfTwenty.with(0, quotedAt(1_251, 1_000)), [1]).bars.map(holds)).toEqual([false]);
  });

  it('is that of the middle one of three rounds', () => {
    const disturbed = nineteenOfTwenty.with(0, quotedAt(9_000, 1_000));
    const judged = (...of: Quoted[][]) => judgeQuotes(of.flat(), [1]).bars.map(holds);
    expect(judged(nineteenOfTwenty, disturbed, nineteenOfTwenty)).toEqual([true]);
    expect(judged(disturbed, disturbed, nineteenOfTwenty)).toEqual([false]);
  });

  it('does not hold when nothing was quoted', () => {
    expect(judgeQuotes([], []).bars.map(holds)).toEqual([false]);
  });

  it('says beside it how far one text is from itself', () => {
    const { ratios } = judgeQuotes([quotedAt(1, 1)], [100, 100, 200]);
    expect(ratios).toMatchObject({
      'noise: one text against its median, p95': 0.5,
      'noise: one text against its run before, p50': 0,
      'noise: one text against its run before, p95': 0.5,
    });
  });
});

it('refuses a store, which it has none of', async () => {
  const bench = benchQuote({ quick: true, store: 'sqlite', tell: () => undefined });
  await expect(bench).rejects.toThrow('--store');
});
