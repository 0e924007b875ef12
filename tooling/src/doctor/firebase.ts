import { fail, ok, type Patient, type Said, unchecked, warn } from './finding.ts';
import { reasonOf } from './target.ts';

interface ProjectConfig {
  readonly authorizedDomains?: readonly string[];
  readonly error?: { readonly message?: string };
}

const RESTRICT =
  'Google Cloud console → APIs & Services → Credentials → the browser key → restrict it to Identity Toolkit, Token Service and Firestore';

/**
 * What the key itself tells whoever has it. Which APIs it opens only the console knows: asking each would be an attack, and the
 * API that lists keys wants an account.
 */
export async function firebaseKey({ env, fetch }: Patient): Promise<Said[]> {
  const key = env['FIREBASE_API_KEY'];
  if (!key) return [unchecked('no FIREBASE_API_KEY is set here', 'Set the web API key that your extension is built with.')];
  const url = new URL('https://identitytoolkit.googleapis.com/v1/projects');
  url.searchParams.set('key', key);
  try {
    const response = await fetch(url);
    const { authorizedDomains = [], error } = (await response.json()) as ProjectConfig;
    if (!response.ok) return [refused(error?.message ?? `status ${response.status}`)];
    return [
      ok('the web API key is one of Identity Toolkit’s'),
      ...(authorizedDomains.includes('localhost')
        ? [
            warn(
              'sign-in is allowed from localhost',
              'Firebase console → Authentication → Settings → Authorized domains: take it away.',
            ),
          ]
        : []),
      unchecked('only the console knows which APIs the key opens', RESTRICT),
    ];
  } catch (error) {
    return [unchecked(`Google does not answer from here (${reasonOf(error)})`, RESTRICT)];
  }
}

const refused = (message: string): Said =>
  /referer|referrer|ip address|android|ios/i.test(message)
    ? ok(`the web API key does not work from everywhere (${message})`)
    : fail(`Google refuses the web API key: ${message}`, 'Take the key of Firebase console → Project settings → General.');
