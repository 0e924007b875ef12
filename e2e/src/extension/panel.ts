import { describe, expect, it } from 'vitest';
import { picture } from '../extension-browser.ts';
import { isYellow, painted } from './painted.ts';
import { browser, button, mark, open, screens, viewOf, withBrowser, withLimits } from './suite.ts';

async function opened(name: string) {
  const page = await open(name);
  return { ...page, panel: await viewOf('sidepanel', page) };
}

describe('the side panel', () => {
  withLimits('none');
  withBrowser();

  it('finds by meaning, shows the passage in its context, and leads to it in the page', async () => {
    const { page, panel } = await opened('article');
    await picture(panel, 'panel-unmarked');
    const field = panel.getByRole('textbox', { name: 'Find by meaning on this page' });
    await field.fill('insects that talk by moving their bodies');
    await field.press('Enter');
    const results = panel.getByRole('listitem');
    await results.first().waitFor();
    expect(await results.count()).toBe(8);
    // Not one word of the query stands in it.
    expect(await results.first().locator('mark').textContent()).toMatch(/its scouts argue by dancing/);
    expect(await results.first().textContent()).toMatch(/letter \d+\.? It is known that its scouts argue by dancing\. Chapter/);
    await results.first().getByRole('button').first().click();
    await expect
      .poll(() => painted(page, 'twohop-current').then((texts) => texts.join('')))
      .toMatch(/its scouts argue by dancing/);
    await picture(panel, 'panel-found');
    await screens(page, 'article-found');
    expect(await isYellow(page, 'html')).toBe(true);
    await panel.bringToFront();
    await button(panel, 'Clear the search').click();
    await button(panel, 'Mark this page').waitFor();
    expect(await field.inputValue()).toBe('');
  });

  it('lists all marks of the page, and leads to each', async () => {
    const { page, panel } = await opened('article');
    await mark(panel);
    const marks = panel.getByRole('listitem');
    await expect.poll(() => marks.count()).toBeGreaterThan(25);
    const count = await marks.count();
    await picture(panel, 'panel-marked');
    const seventh = (await marks.nth(6).textContent()) ?? '';
    await marks.nth(6).getByRole('button').first().click();
    await panel.getByText(`7 / ${count}`).waitFor();
    expect((await painted(page, 'twohop-current')).join('').replaceAll(/\s+/g, ' ')).toBe(seventh);
    await page.reload();
    await button(panel, 'Mark this page').waitFor();
    expect(await marks.count()).toBe(0);
  });

  it('asks the server itself, and the page asks nobody', async () => {
    const { page, panel } = await opened('japanese');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await panel.getByRole('textbox').fill('衛星');
    await panel.getByRole('textbox').press('Enter');
    await panel.getByRole('listitem').first().waitFor();
    expect(browser().requests.filter((url) => url.includes('search.run'))).toHaveLength(1);
    expect(sent).toEqual([]);
  });
});
