import { describe, expect, it } from 'vitest';
import { manifestFor, targets } from '../manifest.ts';

const settings = {
  serverUrl: 'https://api.example.com',
  otherServers: [],
  firebase: { apiKey: 'key', projectId: 'project' },
  google: null,
  emulators: null,
};

describe.each(targets)('%s', (target) => {
  it('other servers are asked for by name when the user chooses one, and are all that it may talk to then', () => {
    const manifest = manifestFor(target, {
      ...settings,
      otherServers: ['https://eu.example.com', 'https://us.example.com:8443'],
    });
    expect(manifest).toMatchObject({
      host_permissions: ['https://api.example.com/*'],
      optional_host_permissions: ['https://eu.example.com/*', 'https://us.example.com/*'],
    });
    expect(manifest.content_security_policy.extension_pages).toContain(
      "connect-src 'self' https://api.example.com https://eu.example.com https://us.example.com:8443 https://identitytoolkit",
    );
  });

  it('nothing is optional with one server, or with another on its host', () => {
    expect(manifestFor(target, settings)).not.toHaveProperty('optional_host_permissions');
    const other = { ...settings, otherServers: ['https://api.example.com:8443'] };
    expect(manifestFor(target, other)).not.toHaveProperty('optional_host_permissions');
  });
});
