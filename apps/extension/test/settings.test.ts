import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from '../bundle.ts';
import { readSettings } from '../settings.ts';

const production = {
  TWOHOP_SERVER_URL: 'https://api.example.com',
  FIREBASE_API_KEY: 'key',
  FIREBASE_PROJECT_ID: 'project',
};

it('production takes what is set, and signs in at Google', () => {
  expect(readSettings(production)).toEqual({
    serverUrl: 'https://api.example.com',
    otherServers: [],
    firebase: { apiKey: 'key', projectId: 'project' },
    google: null,
    emulators: null,
  });
});

it.each(Object.keys(production))('production is refused without %s', (name) => {
  expect(() => readSettings({ ...production, [name]: '' })).toThrow(new RegExp(`^${name}: is required`));
});

it.each([
  ['TWOHOP_SERVER_URL', 'http://api.example.com', 'must be https, tokens travel to it'],
  ['TWOHOP_SERVER_URL', 'https://api.example.com/trpc', 'must have no path, got https://api.example.com/trpc'],
  ['TWOHOP_SERVER_URL', 'api.example.com', 'must be an http(s) address, got api.example.com'],
  ['TWOHOP_OTHER_SERVERS', 'https://eu.example.com, http://us.example.com', 'must be https, tokens travel to it'],
  ['TWOHOP_OTHER_SERVERS', 'https://*.example.com/x', 'must have no path'],
  ['FIREBASE_PROJECT_ID', 'demo-twohop', 'demo- projects exist in emulators only'],
  ['FIREBASE_AUTH_EMULATOR_HOST', '127.0.0.1:9099', 'an emulator lets anybody in, so it needs TWOHOP_ENV=development'],
  ['FIRESTORE_EMULATOR_HOST', '127.0.0.1:8080', 'an emulator lets anybody in, so it needs TWOHOP_ENV=development'],
  ['GOOGLE_CHROME_CLIENT_ID', 'x.apps.googleusercontent.com', 'needs GOOGLE_CLIENT_ID too, for the browsers that are not Chrome'],
  ['TWOHOP_ENV', 'test', 'must be production or development, got test'],
])('production is refused with %s=%s', (name, value, message) => {
  expect(() => readSettings({ ...production, [name]: value })).toThrow(`${name}: ${message}`);
});

it('takes other servers by a comma', () => {
  const { otherServers } = readSettings({
    ...production,
    TWOHOP_OTHER_SERVERS: 'https://eu.example.com, https://us.example.com/',
  });
  expect(otherServers).toEqual(['https://eu.example.com', 'https://us.example.com']);
});

it('knows Google’s clients where they are set', () => {
  const clients = { GOOGLE_CLIENT_ID: 'web', GOOGLE_CHROME_CLIENT_ID: 'chrome' };
  expect(readSettings({ ...production, ...clients }).google).toEqual({ webId: 'web', chromeId: 'chrome' });
});

it('development needs nothing: it finds the stack of this machine', () => {
  expect(readSettings({ TWOHOP_ENV: 'development' })).toEqual({
    serverUrl: 'http://127.0.0.1:8787',
    otherServers: [],
    firebase: { apiKey: 'emulator', projectId: 'demo-twohop' },
    google: null,
    emulators: { auth: 'http://127.0.0.1:9099', firestore: 'http://127.0.0.1:8080' },
  });
});

it('development follows the ports of the stack', () => {
  const moved = {
    TWOHOP_ENV: 'development',
    PORT: '8788',
    FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9100',
    FIRESTORE_EMULATOR_PORT: '8081',
    FIREBASE_PROJECT_ID: 'demo-x',
  };
  expect(readSettings(moved)).toMatchObject({
    serverUrl: 'http://127.0.0.1:8788',
    emulators: { auth: 'http://127.0.0.1:9100', firestore: 'http://127.0.0.1:8081' },
    firebase: { projectId: 'demo-x' },
  });
});

it('the command exits 1 and names the setting', async () => {
  const build = promisify(execFile)(process.execPath, ['build.ts'], { cwd: root, env: {} });
  await expect(build).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^TWOHOP_SERVER_URL: is required/) as string,
  });
});
