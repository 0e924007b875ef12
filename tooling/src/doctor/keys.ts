import { fail, ofConfig, ok, type Said, unchecked, warn } from './finding.ts';

const LEAST_BITS = 96;
const OLD_DAYS = 180;
const DAY_MS = 86_400_000;

/** By how often its characters come: far below what a random key of its length has, it is a word or a row of one letter. */
export function bitsOf(key: string): number {
  const counts = Map.groupBy(key, (character) => character);
  const perCharacter = [...counts.values()].reduce(
    (bits, { length }) => bits - (length / key.length) * Math.log2(length / key.length),
    0,
  );
  return perCharacter * key.length;
}

export const keyStrength = ofConfig(({ ml: { keys }, hashKey }) => {
  const named = [...keys.map((key) => ['ML_KEY', key] as const), ['HASH_KEY', hashKey] as const];
  const weak = [
    ...new Set(named.filter(([, key]) => bitsOf(key) < LEAST_BITS || key.includes('development')).map(([name]) => name)),
  ];
  return weak.length === 0
    ? [ok('ML_KEY and HASH_KEY look random')]
    : weak.map((name) => fail(`${name} can be guessed`, 'Make it with `openssl rand -base64 32`.'));
});

export const keyAge = ofConfig(({ ml: { keys, keySince } }, { nowMs }): Said[] => [
  ...(keys.length > 1
    ? [warn(`${keys.length} keys of the model are open`, 'Finish the rotation: take the old one away on both sides.')]
    : []),
  aged(keySince, nowMs()),
]);

function aged(since: string | null, nowMs: number): Said {
  if (since === null) return unchecked('nothing says when ML_KEY was made', 'Set ML_KEY_SINCE to the day.');
  const days = Math.floor((nowMs - Date.parse(since)) / DAY_MS);
  if (days < 0) return fail(`ML_KEY_SINCE ${since} is in the future`, 'Set it to the day on which the key was made.');
  return days > OLD_DAYS
    ? warn(`the model’s key is ${days} days old`, 'Replace it: two may be open meanwhile, .env.example says how.')
    : ok(`the model’s key is ${days} days old`);
}
