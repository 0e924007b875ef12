import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { defineConfig } from 'vitepress';

const docs = resolve(import.meta.dirname, '..');
const root = resolve(docs, '..');

/** Files of the repository that pages link to, as text beside the site: it needs no forge to be whole. */
const sources = new Set<string>();

/** Where a link out of docs leads on the site. A file that is not there fails the build, as any dead link does. */
function sourceLink(href: string, page: string): string {
  const file = resolve(dirname(page), href.replace(/#.*$/, ''));
  if (!relative(docs, file).startsWith('..')) return href;
  if (!existsSync(file)) throw new Error(`${relative(root, page)} links to ${href}, which does not exist`);
  sources.add(relative(root, file));
  return `/source/${relative(root, file).replace(/^\./, '')}.txt`;
}

const titleOf = (path: string): string => /^# (.+)$/m.exec(readFileSync(join(docs, path), 'utf8'))?.[1] ?? path;

const pages = (text: string, ...paths: string[]) => ({
  text,
  items: paths.map((path) => ({ text: titleOf(path), link: `/${path.replace(/\.md$/, '')}` })),
});

const folder = (name: string): string[] =>
  readdirSync(join(docs, name))
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .map((file) => `${name}/${file}`);

export default defineConfig({
  title: 'Twohop',
  description: 'The open-source two-hop gateway for an expensive model',
  cleanUrls: true,
  ignoreDeadLinks: false,
  markdown: {
    config: (md) => {
      md.core.ruler.push('source-links', (state) => {
        const { path } = state.env as { path?: string };
        const links = state.tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
        for (const link of links) {
          const href = link.attrGet('href');
          if (path && href?.startsWith('../')) link.attrSet('href', sourceLink(href, path));
        }
      });
    },
  },
  buildEnd: async ({ outDir }) => {
    for (const source of sources) {
      const place = join(outDir, 'source', `${source.replace(/^\./, '')}.txt`);
      await mkdir(dirname(place), { recursive: true });
      await copyFile(join(root, source), place);
    }
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      pages('Start', 'guide.md', 'concepts.md', 'faq.md'),
      pages('Recipes', 'your-model.md', ...folder('recipes')),
      pages(
        'Going public',
        'deploy.md',
        'moving.md',
        'console.md',
        'publish.md',
        'doctor.md',
        'traces.md',
        'forecast.md',
        'capacity.md',
      ),
      pages('In depth', 'identity.md', 'ledger.md', 'security.md'),
      pages('Reference', ...folder('reference')),
      { ...pages('Proofs', ...folder('proofs')), collapsed: true },
      { ...pages('Benchmarks', ...folder('benchmarks')), collapsed: true },
      { ...pages('Decisions', ...folder('adr')), collapsed: true },
    ],
  },
});
