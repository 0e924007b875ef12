import { describe, expect, it } from 'vitest';
import { picture, pressShortcut, stopWorker } from '../extension-browser.ts';
import { longPages } from '../pages.ts';
import { clientIn } from './devices.ts';
import { painted } from './painted.ts';
import {
  browser,
  button,
  mark,
  open,
  patient,
  restartServer,
  signedIn,
  stack,
  viewOf,
  withBrowser,
  withLimits,
} from './suite.ts';

describe('the network', () => {
  withLimits('none');
  withBrowser();

  it('is the worker’s: the page sends nothing, and nothing is sent before the consent', async () => {
    const { page, tabId } = await open('article');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    const worker = await browser().worker();
    await pressShortcut(worker, 'mark-page', tabId);
    const popup = await viewOf('popup', { page, tabId });
    expect(await painted(page)).toEqual([]);
    await mark(popup);
    expect((await painted(page)).length).toBeGreaterThan(0);
    expect(sent).toEqual([]);
  });

  it('a worker that dies in the middle: the panel shows the same run’s marks, and it is charged once', async () => {
    const opened = await open('article');
    const panel = await viewOf('sidepanel', opened);
    const read = await requestsOf('highlights');
    stack().process('ml').signal('SIGSTOP');
    try {
      await button(panel, 'Mark this page').click();
      await expect.poll(() => browser().requests.some((url) => url.includes('/highlights.stream'))).toBe(true);
      await stopWorker(panel);
    } finally {
      stack().process('ml').signal('SIGCONT');
    }
    await panel.getByRole('heading', { name: /^(29|30|31) of 25\d sentences$/ }).waitFor();
    await button(panel, 'Clear').waitFor();
    expect((await painted(opened.page)).length).toBeGreaterThanOrEqual(30);
    const { runs } = await (await clientIn(panel, stack().urls.server)).account.export.query();
    expect(runs).toMatchObject([{ procedure: 'highlights.stream', state: 'settled' }]);
    expect(runs[0]?.userUs).toBe(runs[0]?.computeUs);
    // The first part, and the two after it: none of them twice.
    expect((await requestsOf('highlights')) - read).toBe(3);
  });

  it('a server that is gone is told in words, what was marked stays, and it goes on from there', async () => {
    const { page, popup } = await signedIn('long');
    await button(popup, 'Mark this page').click();
    await button(popup, 'Mark all of it').click();
    await expect.poll(() => painted(page).then(({ length }) => length), patient).toBeGreaterThan(0);
    await stack().kill('server');
    await popup.getByRole('alert').getByText('The server does not answer.').waitFor();
    const before = await painted(page);
    await picture(popup, 'page-failed');
    await restartServer();
    await button(popup, 'Try again').click();
    await expect.poll(() => painted(page).then(({ length }) => length), patient).toBeGreaterThan(before.length);
    await button(popup, 'Cancel').click();
    await expect.poll(() => painted(page)).toEqual([]);
  });

  it('a cancel stops the model, and what ran is paid', async () => {
    const { popup } = await signedIn('long');
    const before = await requestsOf('highlights');
    await button(popup, 'Mark this page').click();
    await button(popup, 'Mark all of it').click();
    await popup.getByText(/ of \d+ sentences$/).waitFor();
    await button(popup, 'Cancel').click();
    const twohop = await clientIn(popup, stack().urls.server);
    const states = async () => (await twohop.account.export.query()).runs.map(({ state }) => state);
    await expect.poll(states, patient).not.toContain('held');
    const { usage } = await twohop.account.export.query();
    expect(usage[0]?.userUs).toBeGreaterThan(0);
    const read = await requestsOf('highlights');
    // The document has a part for every four or five of its pages.
    expect(read - before).toBeLessThan(longPages / 8);
    await twohop.highlights.run.mutate({ text: 'Cats sleep. Dogs bark.' });
    expect((await requestsOf('highlights')) - read).toBe(1);
  });
});

/** How often the model was asked, as it counts itself. */
async function requestsOf(path: string): Promise<number> {
  const metrics = await (await fetch(`${stack().urls.ml}/metrics`)).text();
  const lines = metrics.split('\n').filter((line) => line.startsWith('ml_requests_total') && line.includes(`/v1/${path}"`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
