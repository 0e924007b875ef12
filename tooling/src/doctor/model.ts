import { isLoopback } from '@twohop/server/settings';
import { fail, ok, type Patient, type Said, unchecked } from './finding.ts';
import { reasonOf } from './target.ts';

/** Found in documents and examples: a model that opens to one of these is open. */
const KNOWN_KEYS = ['twohop-development-key', 'changeme', 'secret'];

/** A body that is refused once the key has opened: nothing is computed, whoever asks. */
const UNREADABLE = '{}';

async function knock(url: URL, key: string | null, { fetch }: Patient): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(key !== null && { 'x-api-key': key }) };
  const { status } = await fetch(new URL('/v1/embeddings', url), { method: 'POST', headers, body: UNREADABLE });
  return status;
}

const opens = (status: number): boolean => status !== 401 && status !== 403;

/** Whoever finds the model's address must not get in without the key, and the server must with it. */
export async function modelDoor(patient: Patient): Promise<Said[]> {
  const { model, config } = patient;
  if (!model) return [unchecked('no model service is named', 'Add --model https://…')];
  try {
    const bare = await knock(model, null, patient);
    const known = await Promise.all(KNOWN_KEYS.map(async (key) => ({ key, status: await knock(model, key, patient) })));
    const guessed = known.find(({ status }) => opens(status));
    const encrypted = model.protocol === 'https:' || isLoopback(model.hostname);
    return [
      opens(bare)
        ? fail(`the model answers ${bare} without the key`, 'Give the service ML_KEY, and start it with TWOHOP_ENV=production.')
        : ok('the model refuses whoever has no key'),
      guessed
        ? fail(`the model opens to "${guessed.key}"`, 'Make a key with `openssl rand -base64 32`, on both sides.')
        : ok('no key from the documents opens it'),
      ...(encrypted ? [] : [fail('the model’s key travels unencrypted to this address', 'Use https.')]),
      config instanceof Error
        ? unchecked('the settings cannot be read, so the server’s key is not known', 'Put the settings right first.')
        : await ownKey(model, config.ml.keys[0] ?? '', patient),
    ];
  } catch (error) {
    const why = `${model.origin} does not answer from here (${reasonOf(error)})`;
    return [
      unchecked(why, 'From outside that is as it should be; from where the server runs, start it or give the right --model.'),
    ];
  }
}

async function ownKey(model: URL, key: string, patient: Patient): Promise<Said> {
  const status = await knock(model, key, patient);
  return opens(status)
    ? ok('the server’s key opens it')
    : fail(`the server’s key gets ${status}`, 'Set the same ML_KEY on both sides; while you rotate, the server sends the first.');
}
