/** Why the set-up cannot go on: one sentence that says what is missing and how to get it. */
export class SetupFailure extends Error {
  /** @param {string} sentence @param {string} [output] what the tool that failed had to say */
  constructor(sentence, output = '') {
    super(sentence);
    this.name = 'SetupFailure';
    this.output = output;
  }
}

/** Behind a proxy that signs with a certificate authority of its own. */
export const untrusted =
  /self.signed certificate|unable to (get|verify).*certificate|invalid peer certificate|CERTIFICATE_VERIFY_FAILED|UNABLE_TO_/i;

const causes = [
  {
    pattern: /ENOSPC|No space left on device|os error 28/i,
    sentence: (what) => `The disk is full (while fetching ${what}): free about 3 GB, then run the same command again.`,
  },
  {
    pattern: /EROFS|Read-only file system|os error 30/i,
    sentence: (what) =>
      `The folder of the repository is read-only (while fetching ${what}): copy it to a place you may write to.`,
  },
  {
    pattern: untrusted,
    sentence: (what, source) =>
      `The certificate of ${source} is not trusted here: point NODE_EXTRA_CA_CERTS and SSL_CERT_FILE at your certificate authority, then run the same command again.`,
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|dns error|failed to lookup|connection (refused|timed out|reset)|name resolution|network is unreachable|could not connect|connect error|error sending request|max retries|No matching distribution found/i,
    sentence: (what, source) =>
      `Cannot fetch ${what} from ${source}: check the network or the proxy, then run the same command again (what is done stays done).`,
  },
  {
    pattern: /ERR_PNPM_OUTDATED_LOCKFILE/,
    sentence: () =>
      'A package.json and pnpm-lock.yaml disagree: run `node tooling/bootstrap.mjs run pnpm install`, then commit the lockfile.',
  },
  {
    pattern: /EACCES|EPERM|Permission denied|os error 13/i,
    sentence: (what) =>
      `A file may not be written (while fetching ${what}): make the folder of the repository yours, then run the same command again.`,
  },
];

/**
 * What a tool's output means, in one sentence.
 * @param {string} what `Node 24.21.0` @param {string} source `the npm registry` @param {string} output
 */
export const explain = (what, source, output) => {
  const cause = causes.find((each) => each.pattern.test(output));
  const sentence = cause ? cause.sentence(what, source) : `Cannot set up ${what}: the tool's own words are above.`;
  return new SetupFailure(sentence, cause ? '' : output);
};

/** @param {NodeJS.ErrnoException} error @param {string} folder */
export const explainFolder = (error, folder) => {
  if (error.code === 'ENOSPC') return new SetupFailure('The disk is full: free about 3 GB, then run the same command again.');
  return new SetupFailure(
    `${folder} cannot be written (${error.code}): the set-up keeps its tools there, so make that folder writable.`,
  );
};
