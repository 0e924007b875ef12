import type { Page } from 'playwright-core';

/** What is painted, of all documents that the page can see. */
export const painted = (page: Page, layer = 'twohop-mark') =>
  page.evaluate((layer) => {
    const views = [window, ...Array.from(document.querySelectorAll('iframe'), (frame) => frame.contentWindow)].filter((view) => {
      try {
        return view?.document !== undefined;
      } catch {
        return false;
      }
    });
    return views.flatMap((view) =>
      [...((view as typeof window).CSS.highlights.get(layer) ?? [])].map(({ startContainer, startOffset, endOffset }) =>
        (startContainer as Text).data.slice(startOffset, endOffset),
      ),
    );
  }, layer);

/** Whether the marker's colour is to be seen on a part of a page: a registered highlight may still not be painted. */
export async function isYellow(page: Page, part: string): Promise<boolean> {
  await page.bringToFront();
  const picture = (await page.locator(part).first().screenshot()).toString('base64');
  return page.evaluate(async (picture) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    if (!canvas) throw new Error('This browser has no canvas.');
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    let yellow = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
      if (red > 240 && green > 160 && blue < 190) yellow += 1;
    }
    return yellow > 1_000;
  }, picture);
}
