import { gzipSync } from 'node:zlib';
import { type Extension, textsOf } from './extension.ts';

const found = (extension: Extension, kind: RegExp, patterns: readonly RegExp[]): string[] =>
  textsOf(extension, kind).flatMap(({ path, text }) =>
    patterns.flatMap((pattern) => {
      const match = pattern.exec(text);
      return match ? [`${path} has ${match[0].slice(0, 80)}`] : [];
    }),
  );

const scripts = /\.m?js$/;
const pages = /\.html$/;

/** Code that comes from elsewhere: both stores take an extension only with all its code inside. */
const remoteCode = (extension: Extension): string[] => [
  ...found(extension, scripts, [
    /\bimport\(\s*["'`](?:https?:)?\/\/[^"'`]*/,
    /\bimportScripts\(/,
    /https?:\/\/[\w./-]+\.m?js\b/,
    /https?:\/\/(?:[\w-]+\.)*(?:unpkg\.com|jsdelivr\.net|cdnjs\.cloudflare\.com|googletagmanager\.com|gstatic\.com)/,
  ]),
  ...found(extension, pages, [
    /<(?:script|iframe|link)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\/[^"'>\s]*/i,
    /<script\b[^>]*>[^<]+/i,
  ]),
  ...found(extension, /\.css$/, [/@import\s+(?:url\()?["']?(?:https?:)?\/\/[^"')]*/, /url\(["']?(?:https?:)?\/\/[^"')]*/]),
];

/** Code that is made of text. */
const evaluation = (extension: Extension): string[] =>
  found(extension, scripts, [
    /(?<![\w.$])eval\(/,
    /\bnew Function\(/,
    /(?<![\w.$])Function\(\s*["'`]/,
    /\bset(?:Timeout|Interval)\(\s*["'`]/,
  ]);

/** What plain `firebase/auth` carries, and `firebase/auth/web-extension` does not. */
const firebaseEntry = (extension: Extension): string[] =>
  found(extension, scripts, [
    /apis\.google\.com/,
    /\bgapi\.(?:load|iframes)\b/,
    /google\.com\/recaptcha[^"'`]*/,
    /__\/auth\/iframe/,
  ]);

/** Whoever installs the extension can read it. Firebase's web API key (`AIza…`) is no secret: it names the project. */
const secrets = (extension: Extension): string[] =>
  found(extension, /./, [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    /"private_key(?:_id)?"\s*:/,
    /\b(?:ML_KEY|LEDGER_URL|RESULTS_URL|ALERT_WEBHOOK_URL)\b/,
    /\bAKIA[0-9A-Z]{16}\b/,
    /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
    /\bsk-[A-Za-z0-9_-]{32,}/,
    /\bxox[abprs]-[A-Za-z0-9-]{20,}/,
    /\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}/,
    /\b(?:postgres(?:ql)?|redis):\/\/[^\s"'`]+@/,
  ]);

/** Maps, and paths of the machine that built it. */
const sourceMaps = (extension: Extension): string[] => [
  ...[...extension.files.keys()].filter((path) => path.endsWith('.map')),
  ...found(extension, /\.(?:m?js|css)$/, [/[#@]\s*sourceMappingURL=\S*/, /\/(?:home|root|Users|work)\/[\w.-]+\/[\w./-]*/]),
];

/** What belongs to the workshop: an emulator, a reload, a server on this machine. */
const development = (extension: Extension): string[] => [
  ...found(extension, scripts, [/127\.0\.0\.1[:\d]*/, /\blocalhost:\d+/, /\/build-id\b/]),
  ...[...extension.files.keys()].filter((path) => /(?:^|\/)(?:\.|build-id$|node_modules\/|.*\.tsx?$)/.test(path)),
];

/** Kilobytes over the wire, gzipped: what is loaded at each start, into each page, for each click. */
const budgets = [
  { of: /^page\.js$/, kilobytes: 60 },
  { of: /background/, kilobytes: 200 },
  { of: /^(?:tabs\/)?(?:popup|welcome)\.[^/]*\.?js$/, kilobytes: 150 },
  // With the database, which the others do without.
  { of: /^(?:sidepanel|options)\.[^/]*\.?js$/, kilobytes: 250 },
] as const;
const totalKilobytes = 2_500;

const size = ({ files }: Extension): string[] => {
  const measured = [...files].flatMap(([path, bytes]) => {
    if (!scripts.test(path)) return [];
    const budget = budgets.find(({ of }) => of.test(path));
    if (!budget) return [`${path} has no budget`];
    const kilobytes = gzipSync(bytes).length / 1000;
    return kilobytes > budget.kilobytes ? [`${path} has ${kilobytes.toFixed(0)} kB gzipped, more than ${budget.kilobytes}`] : [];
  });
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0) / 1000;
  return total > totalKilobytes ? [...measured, `all files have ${total.toFixed(0)} kB, more than ${totalKilobytes}`] : measured;
};

export const codeRules = { remoteCode, evaluation, firebaseEntry, secrets, sourceMaps, development, size };
