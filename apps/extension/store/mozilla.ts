import linter from 'addons-linter';

/**
 * What Mozilla's own linter rejects, and what it warns of but for `accepted`: its reviewers look at those.
 *
 * @param path of a zip
 */
export const lintForMozilla = async (path: string): Promise<string[]> => {
  const { errors, warnings } = await linter
    .createInstance({ config: { _: [path], logLevel: 'fatal', output: 'none' }, runAsBinary: false })
    .run();
  const told = [...errors, ...warnings].map(({ code, message, file = '' }) => `${code}: ${message} ${file}`.trimEnd());
  return told.filter((finding) => !accepted.some((known) => known.test(finding)));
};

const accepted = [
  // React sets the HTML of an element where it is told to, and we never tell it to.
  /^UNSAFE_VAR_ASSIGNMENT/,
  // Asked for only where the browser has them.
  /^UNSUPPORTED_API: (?:dom\.openOrClosedShadowRoot|identity\.getAuthToken|sidePanel\.\w+) /,
  // Offered on the desktop: Firefox for Android has no sidebar.
  /^KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION/,
];
