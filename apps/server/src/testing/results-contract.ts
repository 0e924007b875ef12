import type { Asked, Results } from '@twohop/api';
import { describe, expect, it } from 'vitest';
import { asked, output } from './asked.ts';

export interface Opened {
  readonly results: Results;
  /** Another process on the same store; itself where the store is the process. */
  readonly elsewhere: Results;
}

/** What results must do, wherever they are kept. `open` gives an empty store. */
export function resultsContract(
  name: string,
  open: (options?: { keptMs?: number; largestBytes?: number }) => Promise<Opened>,
): void {
  const foundBy = async (results: Results, call: Asked) => {
    const found = await results.find(call);
    return found && { by: found.by, output: await found.output };
  };
  const kept = async ({ results, elsewhere }: Opened, call: Asked, value = output('text')) => {
    results.keep(call, Promise.resolve(value));
    await expect.poll(() => foundBy(elsewhere, call)).toEqual({ by: 'key', output: value });
    return value;
  };

  describe(`results contract: ${name}`, () => {
    it('finds a run by its key and by its input, while it is in flight and after', async () => {
      const { results, elsewhere } = await open();
      const { promise, resolve } = Promise.withResolvers<ReturnType<typeof output>>();
      results.keep(asked('k', 'i'), promise);
      const waiting = [foundBy(results, asked('k', 'i')), foundBy(results, asked('other', 'i'))];
      const value = output('text');
      resolve(value);
      expect(await Promise.all(waiting)).toEqual([
        { by: 'key', output: value },
        { by: 'input', output: value },
      ]);
      await expect.poll(() => foundBy(elsewhere, asked('k', 'i'))).toEqual({ by: 'key', output: value });
      expect(await foundBy(elsewhere, asked('other', 'i'))).toEqual({ by: 'input', output: value });
      expect(await foundBy(results, asked('other', 'other'))).toBeUndefined();
    });

    it('a key tells what it was asked first', async () => {
      const opened = await open();
      await kept(opened, asked('k', 'i'));
      expect(await opened.elsewhere.find(asked('k', 'another'))).toMatchObject({ by: 'key', input: 'i' });
    });

    it('a failure is told to who waits for it, and never kept', async () => {
      const { results } = await open();
      const { promise, reject } = Promise.withResolvers<ReturnType<typeof output>>();
      results.keep(asked('k', 'i'), promise);
      const found = await results.find(asked('k', 'i'));
      reject(new Error('failed'));
      await expect(found?.output).rejects.toThrow('failed');
      await expect.poll(() => results.find(asked('k', 'i'))).toBeUndefined();
      expect(await results.find(asked('other', 'i'))).toBeUndefined();
    });

    const event = (seq: number, type = 'part') => ({ seq, type, text: `event ${seq}` });

    it('keeps the events of a stream in their order, and reads on where one stopped', async () => {
      const { results, elsewhere } = await open();
      expect(await elsewhere.eventsOf(asked('k', 'i'), 0)).toBeUndefined();
      for (let seq = 0; seq < 3; seq += 1) results.append(asked('k', 'i'), event(seq));
      const all = { input: 'i', events: [event(0), event(1), event(2)] };
      await expect.poll(() => elsewhere.eventsOf(asked('k', 'another'), 0)).toEqual(all);
      expect(await elsewhere.eventsOf(asked('k', 'i'), 2)).toEqual({ input: 'i', events: [event(2)] });
      expect(await elsewhere.eventsOf(asked('k', 'i'), 3)).toEqual({ input: 'i', events: [] });
    });

    it('a new run with the key begins the log anew, and half a log is none', async () => {
      const { results, elsewhere } = await open();
      for (let seq = 0; seq < 3; seq += 1) results.append(asked('k', 'i'), event(seq));
      results.append(asked('k', 'i'), event(0, 'start'));
      const anew = { input: 'i', events: [event(0, 'start')] };
      await expect.poll(() => elsewhere.eventsOf(asked('k', 'i'), 0)).toEqual(anew);
      results.append(asked('other', 'i'), event(1));
      results.append(asked('third', 'i'), event(0));
      await expect.poll(() => elsewhere.eventsOf(asked('third', 'i'), 0)).toBeDefined();
      expect(await elsewhere.eventsOf(asked('other', 'i'), 0)).toBeUndefined();
    });

    it('knows that somebody reads a stream, for a moment', async () => {
      const { results, elsewhere } = await open();
      expect(await results.isWatched(asked('k', 'i'))).toBe(false);
      await elsewhere.eventsOf(asked('k', 'i'), 0);
      expect(await results.isWatched(asked('k', 'i'))).toBe(true);
      await expect.poll(() => results.isWatched(asked('k', 'i')), { timeout: 4_000 }).toBe(false);
    });

    it('forgets an owner’s streams', async () => {
      const { results, elsewhere } = await open();
      results.append(asked('k', 'i'), event(0));
      await expect.poll(() => elsewhere.eventsOf(asked('k', 'i'), 0)).toBeDefined();
      await elsewhere.forget(asked('k', 'i').owner);
      expect(await results.eventsOf(asked('k', 'i'), 0)).toBeUndefined();
    });

    it('is another user’s of nobody', async () => {
      const opened = await open();
      await kept(opened, asked('k', 'i'));
      expect(await opened.elsewhere.find(asked('k', 'i', 'iss|bob'))).toBeUndefined();
    });

    it('a new model’s reply hides what the one before answered by input; a retry by key still gets its own answer', async () => {
      const opened = await open();
      const old = await kept(opened, asked('k', 'i'), output('old', 'm1'));
      const value = await kept(opened, asked('k2', 'i2'), output('new', 'm2'));
      for (const results of [opened.results, opened.elsewhere]) {
        await expect.poll(() => results.find(asked('other', 'i'))).toBeUndefined();
        expect(await foundBy(results, asked('k', 'i'))).toEqual({ by: 'key', output: old });
        expect(await foundBy(results, asked('other', 'i2'))).toEqual({ by: 'input', output: value });
      }
    });

    it('forgets a user, also the run that is still in flight, and nobody else', async () => {
      const opened = await open();
      const { results, elsewhere } = opened;
      await kept(opened, asked('k', 'i'));
      await kept(opened, asked('k', 'i', 'iss|ann|b'));
      const { promise, resolve } = Promise.withResolvers<ReturnType<typeof output>>();
      results.keep(asked('late', 'late'), promise);
      await results.forget('iss|ann');
      resolve(output('late'));
      // What is kept after it shows that the late one had its time.
      await kept(opened, asked('after', 'after', 'iss|bob'));
      for (const call of [asked('k', 'i'), asked('late', 'late')]) {
        expect([await results.find(call), await elsewhere.find(call)]).toEqual([undefined, undefined]);
      }
      expect(await elsewhere.find(asked('k', 'i', 'iss|ann|b'))).toMatchObject({ by: 'key' });
    });

    it('a result that is too large is answered, and not kept', async () => {
      const { results } = await open({ largestBytes: 2_000 });
      results.keep(asked('k', 'i'), Promise.resolve(output('x'.repeat(2_000))));
      expect(await foundBy(results, asked('k', 'i'))).toMatchObject({ by: 'key' });
      await expect.poll(() => results.find(asked('k', 'i'))).toBeUndefined();
      expect(await results.find(asked('other', 'i'))).toBeUndefined();
    });

    it('ends with its time', async () => {
      const opened = await open({ keptMs: 300 });
      await kept(opened, asked('k', 'i'));
      await expect.poll(() => opened.elsewhere.find(asked('k', 'i'))).toBeUndefined();
      expect(await opened.elsewhere.find(asked('other', 'i'))).toBeUndefined();
    });
  });
}
