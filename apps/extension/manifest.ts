import { patternOf } from './app/core/match-pattern.ts';
import type { AppSettings } from './app/core/settings.ts';

export const targets = ['chrome-mv3', 'firefox-mv3'] as const;
export type Target = (typeof targets)[number];

/** Fixes the id to ilfmfmfbllljiidhpoaenbdnagcgfoeg wherever the folder is loaded from: a server can allow that origin. */
const chromeKey =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwSVlq/cZUBFKE1NhHDlJ3qQTi50+2DTXqttVww6ExKM0jiFyNa1DYcU//1/tcS+nuVfI1dsPYVxG' +
  'QB4wBURvtfhSeQg11ZtJg5GUsq/85djJbgKhojMmzOqf04jYbSoDEGNU577bVIfTjwc+wLn1mopI9YFKBuEgOW5S9Y1JJBOlyPMGOL93If0OZpCSZG9g1phM' +
  'nBYkDC5RQ+NZq0B3t09JN2q7iCAsR/jetnZzXN8mLmr+HisEzP95EmKas0VMWMaSHGG7fPxqEAQ83gApjoyofn+pZiCfJmk+V7BGlfi4tKufCkkD2jjEdIl2' +
  'KeoyEnXsmW18brQTdvll5tg0SQIDAQAB';

/** Where Firebase signs in, renews tokens and keeps the library. It allows every origin, so no host permission is needed. */
const firebaseOrigins = [
  'https://identitytoolkit.googleapis.com',
  'https://securetoken.googleapis.com',
  'https://firestore.googleapis.com',
];

/**
 * What Plasmo can't know: permissions, shortcuts and addresses. Plasmo adds entries, icons, name and version.
 *
 * None of the permissions shows a warning at installation. `activeTab` with `scripting` lets us read the one page on which the
 * user clicked, pressed the shortcut or chose from the context menu, and no other.
 */
export const manifestFor = (target: Target, settings: AppSettings) => ({
  permissions: ['activeTab', 'contextMenus', ...(settings.google ? ['identity'] : []), 'scripting', 'storage'],
  commands,
  host_permissions: hostPermissions(settings),
  ...optionalHosts(settings),
  content_security_policy: { extension_pages: contentSecurityPolicy(settings) },
  ...(target === 'chrome-mv3' ? chrome(settings) : { browser_specific_settings: { gecko } }),
});

const chrome = ({ google }: AppSettings) => ({
  key: chromeKey,
  minimum_chrome_version: '120',
  ...(google?.chromeId && { oauth2: { client_id: google.chromeId, scopes: ['openid', 'email'] } }),
});

/** The browser puts the texts of its language in. */
export const localized = { default_locale: 'en', name: '__MSG_extName__', description: '__MSG_extDescription__' };

/** The keys are a proposal: the user may choose others, and a key that is taken stays empty. */
const commands = {
  'mark-page': { suggested_key: { default: 'Alt+Shift+M' }, description: '__MSG_commandMark__' },
  'next-mark': { suggested_key: { default: 'Alt+Shift+J' }, description: '__MSG_commandNext__' },
  'previous-mark': { suggested_key: { default: 'Alt+Shift+K' }, description: '__MSG_commandPrevious__' },
};

const gecko = {
  id: 'highlights@twohop.dev',
  /** The first version that asks the user by `data_collection_permissions`. */
  strict_min_version: '140.0',
  /** The text of pages that the user marks; the account that signs in, by e-mail too; the addresses of pages in the library. */
  data_collection_permissions: {
    required: ['websiteContent', 'authenticationInfo', 'personallyIdentifyingInfo', 'browsingActivity'],
  },
};

const patternsOf = (urls: readonly string[]): string[] => [...new Set(urls.map(patternOf))];

const hostPermissions = ({ serverUrl, emulators }: AppSettings): string[] =>
  patternsOf([serverUrl, ...Object.values(emulators ?? {})]);

/** Asked for when the user chooses the server, and given back when it is no longer the one. */
const optionalHosts = (settings: AppSettings): { optional_host_permissions?: string[] } => {
  const required = hostPermissions(settings);
  const patterns = patternsOf(settings.otherServers).filter((pattern) => !required.includes(pattern));
  return patterns.length === 0 ? {} : { optional_host_permissions: patterns };
};

/** The browser itself holds to it that text and tokens go to the named servers and nowhere else. */
const contentSecurityPolicy = ({ serverUrl, otherServers, emulators }: AppSettings): string => {
  const connect = ["'self'", serverUrl, ...otherServers, ...(emulators ? Object.values(emulators) : firebaseOrigins)];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connect.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};
