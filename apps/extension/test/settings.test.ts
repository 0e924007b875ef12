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
    firebase: { apiKey: 'key', projectId: 'project' },
    authEmulatorUrl: null,
  });
});

it.each(Object.keys(production))('production is refused without %s', (name) => {
  expect(() => readSettings({ ...production, [name]: '' })).toThrow(new RegExp(`^${name}: is required`));
});

it.each([
  ['TWOHOP_SERVER_URL', 'http://api.example.com', 'must be https, tokens travel to it'],
  ['TWOHOP_SERVER_URL', 'https://api.example.com/trpc', 'must have no path, got https://api.example.com/trpc'],
  ['TWOHOP_SERVER_URL', 'api.example.com', 'must be an http(s) address, got api.example.com'],
  ['FIREBASE_PROJECT_ID', 'demo-twohop', 'demo- projects exist in emulators only'],
  ['FIREBASE_AUTH_EMULATOR_HOST', '127.0.0.1:9099', 'an emulator signs anybody in, so it needs TWOHOP_ENV=development'],
  ['TWOHOP_ENV', 'test', 'must be production or development, got test'],
])('production is refused with %s=%s', (name, value, message) => {
  expect(() => readSettings({ ...production, [name]: value })).toThrow(`${name}: ${message}`);
});

it('development needs nothing: it finds the stack of this machine', () => {
  expect(readSettings({ TWOHOP_ENV: 'development' })).toEqual({
    serverUrl: 'http://127.0.0.1:8787',
    firebase: { apiKey: 'emulator', projectId: 'demo-twohop' },
    authEmulatorUrl: 'http://127.0.0.1:9099',
  });
});

it('development follows the ports of the stack', () => {
  const moved = {
    TWOHOP_ENV: 'development',
    PORT: '8788',
    FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9100',
    FIREBASE_PROJECT_ID: 'demo-x',
  };
  expect(readSettings(moved)).toMatchObject({
    serverUrl: 'http://127.0.0.1:8788',
    authEmulatorUrl: 'http://127.0.0.1:9100',
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
