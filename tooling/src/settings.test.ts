import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { portSettings, standardPorts, type Ports } from './parts.ts';
import { root } from './root.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
type Settings = Readonly<Record<string, string>>;

const documented: Settings = Object.fromEntries(
  [...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);

/** Names and defaults of the one place where the server reads the environment; '' for those that have none. */
const ofServer = (): Settings => {
  const source = read('apps/server/src/config.ts');
  const developmentKey = /const DEVELOPMENT_KEY = '(.+)'/.exec(source)?.[1] ?? '';
  const [, body = ''] = /const Environment = z\.object\(\{\n([^]*?)\n\}\);/.exec(source) ?? [];
  const fields = [...body.matchAll(/^ {2}([A-Z_]+): (.+)$/gm)].map(([, name = '', schema = '']) => [name, schema] as const);
  return Object.fromEntries<string>(
    fields.map(([name, schema]) => [
      name,
      /\.(?:default|prefault)\('?(.*?)'?\)/.exec(schema)?.[1]?.replace('DEVELOPMENT_KEY', developmentKey) ?? '',
    ]),
  );
};

const ofModelService = (): Settings => {
  const sources = ['settings', 'serve'].map((name) => read(`ml-service/src/ml_service/${name}.py`)).join('\n');
  const fields = [...sources.matchAll(/^ {4}((?:ml|otel|twohop)_\w+): .* = (?:Field\((?:default=([\d_]+))?|"(.*)")/gm)];
  return Object.fromEntries(
    fields.map(([, name = '', number, text]) => [name.toUpperCase(), number?.replaceAll('_', '') ?? text ?? '']),
  );
};

test('every setting of the server is documented with its default', () => {
  expect(Object.keys(ofServer()).length).toBeGreaterThan(10);
  expect(documented).toMatchObject(ofServer());
});

test('every setting of the model service is documented with its default', () => {
  // The key has no default there; the one documented is the server's.
  const { ML_KEY: key, ...settings } = ofModelService();
  expect(key).toBe('');
  expect(Object.keys(settings).length).toBeGreaterThan(5);
  expect(documented).toMatchObject(settings);
});

test('the standard ports are the documented ones', () => {
  const ports = Object.entries(portSettings).map(([part, setting]) => [setting, String(standardPorts[part as keyof Ports])]);
  expect(documented).toMatchObject(Object.fromEntries(ports));
});
