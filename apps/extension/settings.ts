import type { AppSettings, GoogleClients } from './app/core/settings.ts';

/** A setting of the build that is missing, malformed or unsafe. The message begins with its name. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The only reader of the environment. Production is the default and has no defaults of its own: an extension that was
 * built for nobody's server would fail on its users' machines instead of here.
 *
 * @throws SettingError naming the setting and what is allowed.
 */
export const readSettings = (env: Env): AppSettings => {
  const mode = env['TWOHOP_ENV'] || 'production';
  if (mode === 'development') return development(env);
  if (mode === 'production') return production(env);
  throw new SettingError(`TWOHOP_ENV: must be production or development, got ${mode}`);
};

const development = (env: Env): AppSettings => ({
  serverUrl: originOf('TWOHOP_SERVER_URL', env['TWOHOP_SERVER_URL'] || `http://127.0.0.1:${env['PORT'] || '8787'}`),
  otherServers: otherServers(env),
  firebase: { apiKey: env['FIREBASE_API_KEY'] || 'emulator', projectId: env['FIREBASE_PROJECT_ID'] || 'demo-twohop' },
  google: googleClients(env),
  emulators: {
    auth: emulatorOrigin(env, 'FIREBASE_AUTH_EMULATOR_HOST', env['AUTH_EMULATOR_PORT'] || '9099'),
    firestore: emulatorOrigin(env, 'FIRESTORE_EMULATOR_HOST', env['FIRESTORE_EMULATOR_PORT'] || '8080'),
  },
});

const emulatorOrigin = (env: Env, name: string, port: string): string =>
  originOf(name, `http://${env[name] || `127.0.0.1:${port}`}`);

const production = (env: Env): AppSettings => {
  const serverUrl = originOf('TWOHOP_SERVER_URL', required(env, 'TWOHOP_SERVER_URL', 'the address of your server'));
  const others = otherServers(env);
  for (const [name, urls] of Object.entries({ TWOHOP_SERVER_URL: [serverUrl], TWOHOP_OTHER_SERVERS: others }))
    if (urls.some((url) => !url.startsWith('https:'))) throw new SettingError(`${name}: must be https, tokens travel to it`);
  const apiKey = required(env, 'FIREBASE_API_KEY', 'the web API key of your Firebase project');
  const projectId = required(env, 'FIREBASE_PROJECT_ID', 'the id of your Firebase project');
  if (projectId.startsWith('demo-')) throw new SettingError('FIREBASE_PROJECT_ID: demo- projects exist in emulators only');
  for (const name of ['FIREBASE_AUTH_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'])
    if (env[name]) throw new SettingError(`${name}: an emulator lets anybody in, so it needs TWOHOP_ENV=development`);
  const firebase = { apiKey, projectId };
  return { serverUrl, otherServers: others, firebase, google: googleClients(env), emulators: null };
};

const otherServers = (env: Env): string[] =>
  (env['TWOHOP_OTHER_SERVERS'] ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter(Boolean)
    .map((url) => originOf('TWOHOP_OTHER_SERVERS', url));

const googleClients = (env: Env): GoogleClients | null => {
  const webId = env['GOOGLE_CLIENT_ID'] || null;
  const chromeId = env['GOOGLE_CHROME_CLIENT_ID'] || null;
  if (webId !== null) return { webId, chromeId };
  if (chromeId === null) return null;
  throw new SettingError('GOOGLE_CHROME_CLIENT_ID: needs GOOGLE_CLIENT_ID too, for the browsers that are not Chrome');
};

const required = (env: Env, name: string, meaning: string): string => {
  const value = env[name];
  if (!value) throw new SettingError(`${name}: is required: ${meaning} (or set TWOHOP_ENV=development for this machine's stack)`);
  return value;
};

const originOf = (name: string, value: string): string => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) throw new SettingError(`${name}: must be an http(s) address, got ${value}`);
  if (url.pathname !== '/' || url.search || url.hash) throw new SettingError(`${name}: must have no path, got ${value}`);
  return url.origin;
};
