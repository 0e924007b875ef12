import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { paragraphs } from './prose.ts';

const style = `<style>
  body { margin: 0 auto; max-width: 42rem; padding: 2rem 1rem; font: 18px/1.6 Georgia, 'Liberation Serif', serif; color: #222; background: #fff; }
  nav, footer, aside { font: 14px/1.5 system-ui, 'Liberation Sans', sans-serif; color: #666; }
  nav a { margin-right: 1rem; }
  @media (prefers-color-scheme: dark) { body { background: #16181d; color: #d8dbe2; } a { color: #8ab4f8; } }
</style>`;

const html = (title: string, body: string, attributes = 'lang="en"'): string =>
  `<!doctype html><html ${attributes}><head><meta charset="utf-8"><title>${title}</title>${style}</head><body>${body}</body></html>`;

const inParagraphs = (texts: readonly string[]): string => texts.map((text) => `<p>${text}</p>`).join('\n');

const menu =
  '<nav><a href="/">Home</a><a href="/news">All the news</a><a href="/about">About our newspaper and its editors</a></nav>';

/**
 * About 3,000 words between a menu, a side column and a footer, with links and emphasis inside the sentences. Each edition has
 * words of its own: the server answers a text it has read before from its memory.
 */
const article = (edition: number): string =>
  html(
    'Things that last',
    `${menu}<article><h1>Things that last</h1>${inParagraphs(
      paragraphs(50, edition * 1_000).map((text) =>
        text.replace('visitors', '<a href="#v">visi<b>tors</b></a>').replace('a storm', '<em>a\n   storm</em>'),
      ),
    )}</article><aside>Subscribe to our letter. It comes every week.</aside><footer>All rights reserved by nobody in particular.</footer>`,
  );

/** Renders its text anew twice: all nodes are replaced, and the second time a paragraph stands before them. */
const application = html(
  'A living page',
  `<div id="app"></div><script>
    const texts = ${JSON.stringify(paragraphs(30))};
    const render = (list) => { app.replaceChildren(...list.map((text) => Object.assign(document.createElement('p'), { textContent: text }))); };
    render(texts);
    window.renderAgain = () => render(texts);
    window.renderMore = () => render(['A new paragraph has come in from the wire, and it stands above all others.', ...texts]);
    window.leave = () => { history.pushState({}, '', '/elsewhere'); render(['Nothing of the old page is here any more.']); };
  </script>`,
);

/** Text in an open and a closed shadow tree, in slots, in a frame of the same origin and in one of another. */
const nested = (otherOrigin: string): string =>
  html(
    'Nested',
    `<article><p>${paragraphs(8).join('</p><p>')}</p>
    <x-open><p>${paragraphs(12).at(-1)}</p></x-open><x-closed></x-closed></article>
    <iframe src="/frame" width="600" height="400"></iframe><iframe src="${otherOrigin}/frame" width="600" height="100"></iframe>
    <p style="display: none">Nobody sees this hidden sentence.</p>
    <script>
      customElements.define('x-open', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<div><slot></slot><p>The open shadow tree keeps a sentence about deep harbours.</p></div>'; } });
      customElements.define('x-closed', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'closed' }).innerHTML = '<p>The closed shadow tree keeps a sentence about high mountains.</p>'; } });
    </script>`,
  );
const frame = html(
  'Frame',
  inParagraphs(['The frame of the same origin keeps a sentence about wide deserts.', ...paragraphs(20).slice(-4)]),
);

const arabic = html(
  'العسل',
  inParagraphs([
    'تصنع النحلة العسل من رحيق الأزهار. تجمع العاملات الرحيق في الصباح الباكر. ثم تخزنه في خلايا من الشمع.',
    'يحتاج كيلوغرام واحد من العسل إلى ملايين الأزهار. لهذا السبب تعتمد الحقول على النحل. ولا ينضج الثمر من دون التلقيح.',
    'يراقب العلماء أعداد النحل كل عام. وقد تراجعت هذه الأعداد في بلدان كثيرة. ويخشى المزارعون على محاصيلهم من هذا التراجع.',
  ]),
  'lang="ar" dir="rtl"',
);

const japanese = html(
  '灯台',
  inParagraphs([
    '灯台は冬に帰る船を導く。番人は毎晩二百段の階段を上る。光は三十キロ先まで届く。霧の日には鐘も鳴らされる。',
    '昔は油を燃やして光を作った。今は電気で動いている。しかし人の手入れはまだ必要だ。レンズは毎週磨かれる。',
    '多くの灯台は無人になった。それでも船乗りは灯台を頼りにしている。衛星が止まったとき、最後に残るのは光だからだ。',
  ]),
  'lang="ja"',
);

/** How many pages of 1,800 characters the long document has: enough to be asked about. LONG_PAGES=300 takes minutes. */
export const longPages = Number(process.env['LONG_PAGES'] ?? 80);
const long = html(
  'A long chronicle',
  `<main><h1>A long chronicle</h1>${inParagraphs(paragraphs(Math.round(longPages * 5.47)))}</main>`,
);

/** 500 sentences. */
const half = html('A chronicle', `<main><h1>A chronicle</h1>${inParagraphs(paragraphs(100, 50_000))}</main>`);

const editions = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [n === 0 ? 'article' : `article-${n}`, article(n)]));

const empty = html('Nothing', '<canvas></canvas>');

export interface Pages {
  /** On a host for which the extension has no permission of its own. */
  readonly url: (name: string) => string;
  close(): Promise<void>;
}

/** Serves the pages that the extension is tried on. */
export async function servePages(): Promise<Pages> {
  const contents = new Map<string, string>();
  const server = createServer((request, response) => {
    const content = contents.get(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const [name, content] of Object.entries({
    ...editions,
    application,
    nested: nested(`http://other.localhost:${port}`),
    frame,
    arabic,
    japanese,
    long,
    'long-500': half,
    empty,
  }))
    contents.set(`/${name}`, content);
  return {
    url: (name) => `http://localhost:${port}/${name}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
