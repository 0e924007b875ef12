import { randomUUID } from 'node:crypto';
import { initializeTestEnvironment, type RulesTestContext } from '@firebase/rules-unit-testing';
import {
  Bytes,
  collection,
  deleteDoc,
  doc,
  type Firestore,
  getDoc,
  getDocs,
  serverTimestamp as now,
  setDoc,
  updateDoc,
  writeBatch,
} from 'firebase/firestore';

type Fields = Record<string, unknown>;

const vector = (bytes: number) => Bytes.fromUint8Array(new Uint8Array(bytes));
/** The old interface's object, which the functions of the new one take as well. */
const firestoreOf = (context: RulesTestContext) => context.firestore() as unknown as Firestore;

/** A passage as the extension saves it. */
const passage = (): Fields => ({
  text: 'The tide follows the moon.',
  url: 'https://example.com/tides',
  title: 'Tides',
  note: '',
  tags: ['sea', 'moon', 'sky', 'ships', 'salt'],
  vector: vector(384),
  model: 'all-MiniLM-L6-v2',
  createdAt: now(),
  updatedAt: now(),
});

const path = 'users/ann/passages/p0001';
const saved = 'users/ann/passages/p0002';
const withoutVector = 'users/ann/passages/p0003';

export interface Case {
  readonly name: string;
  readonly allowed: boolean;
  readonly who?: 'ann' | 'bob' | null;
  run(firestore: Firestore): Promise<unknown>;
}

const create = (name: string, fields: Fields = {}, at = path): Case => ({
  name: `create: ${name}`,
  allowed: true,
  run: (firestore) => setDoc(doc(firestore, at), { ...passage(), ...fields }),
});
const update = (name: string, fields: Fields, at = saved): Case => ({
  name: `update: ${name}`,
  allowed: true,
  run: (firestore) => updateDoc(doc(firestore, at), { updatedAt: now(), ...fields }),
});
const refused = (each: Case): Case => ({ ...each, allowed: false });
/** What is refused on creation by the passage's form is refused on an update too. */
const form = (name: string, fields: Fields): Case[] => [
  refused(create(name, fields)),
  refused(update(name, fields, withoutVector)),
];
const text = (field: string, chars: number, least: string): Case[] => [
  create(`${field} of ${chars}`, { [field]: least.padEnd(chars, 'é') }),
  ...form(`${field} of ${chars + 1}`, { [field]: least.padEnd(chars + 1, 'é') }),
  ...form(`${field} that is no text`, { [field]: 7 }),
  // Has a size as a text has.
  ...form(`${field} that is a list`, { [field]: ['https://example.com/'] }),
];
const by = (who: 'bob' | null, name: string, run: Case['run']): Case => ({
  name: `${who ?? 'nobody'}: ${name}`,
  allowed: false,
  who,
  run,
});
const strangers = ([null, 'bob'] as const).flatMap((who) => [
  by(who, 'reads', (firestore) => getDoc(doc(firestore, saved))),
  by(who, 'lists', (firestore) => getDocs(collection(firestore, 'users/ann/passages'))),
  by(who, 'creates', (firestore) => setDoc(doc(firestore, path), passage())),
  by(who, 'updates', (firestore) => updateDoc(doc(firestore, saved), { note: 'x', updatedAt: now() })),
  by(who, 'deletes', (firestore) => deleteDoc(doc(firestore, saved))),
]);

/** What every user may do, and what nobody may. */
export const cases: readonly Case[] = [
  create('a whole passage'),
  create('without a vector', { vector: null }),
  create('without tags', { tags: [] }),
  { name: 'reads', allowed: true, run: (firestore) => getDoc(doc(firestore, saved)) },
  { name: 'lists', allowed: true, run: (firestore) => getDocs(collection(firestore, 'users/ann/passages')) },
  { name: 'deletes', allowed: true, run: (firestore) => deleteDoc(doc(firestore, saved)) },
  update('note and tags', { note: 'Look this up.', tags: ['later'] }),
  update('the vector that was missing', { vector: vector(384) }, withoutVector),
  ...strangers,
  by(null, 'reads a path that nobody owns', (firestore) => getDoc(doc(firestore, 'public/x'))),
  {
    name: 'a collection without a rule',
    allowed: false,
    run: (firestore) => setDoc(doc(firestore, 'users/ann/other/p0001'), {}),
  },
  { name: 'the user’s own document', allowed: false, run: (firestore) => setDoc(doc(firestore, 'users/ann'), {}) },
  ...['x0001', 'p001', 'p00001', 'p000a'].map((id) => refused(create(`in place ${id}`, {}, `users/ann/passages/${id}`))),
  ...text('text', 2_000, 'T'),
  ...text('url', 2_048, 'https://example.com/'),
  ...text('title', 300, ''),
  ...text('note', 2_000, ''),
  ...text('model', 100, ''),
  ...form('an empty text', { text: '' }),
  ...form('an address that is a script', { url: 'javascript:alert(1)' }),
  ...form('a field of one’s own', { more: 1 }),
  ...form('tags that are no list', { tags: 'sea' }),
  ...form('six tags', { tags: ['a', 'b', 'c', 'd', 'e', 'f'] }),
  ...[0, 1, 2, 3, 4].flatMap((at) => [
    ...form(`tag ${at} that is no text`, { tags: ['a', 'b', 'c', 'd', 'e'].with(at, 7 as never) }),
    ...form(`tag ${at} that is empty`, { tags: ['a', 'b', 'c', 'd', 'e'].with(at, '') }),
    ...form(`tag ${at} of 41`, { tags: ['a', 'b', 'c', 'd', 'e'].with(at, 'x'.repeat(41)) }),
  ]),
  ...form('a vector of 383 bytes', { vector: vector(383) }),
  ...form('a vector that is a text', { vector: 'x'.repeat(384) }),
  ...form('a change in the past', { updatedAt: new Date(0) }),
  refused(create('a creation in the past', { createdAt: new Date(0) })),
  refused(update('another text', { text: 'Another.' })),
  refused(update('another address', { url: 'https://example.com/' })),
  refused(update('another title', { title: 'Another' })),
  refused(update('another creation', { createdAt: now() })),
  refused(update('another vector', { vector: Bytes.fromUint8Array(new Uint8Array(384).fill(1)) })),
  refused(update('another model', { model: 'other' })),
  refused(update('a vector taken back', { vector: null })),
];

interface Emulator {
  readonly host: string;
  readonly port: number;
}

const people = ['ann', 'bob', null] as const;

/** The cases that do not end as they should under these rules; `first` stops at one. */
export async function failures(rules: string, emulator: Emulator, { first = false } = {}): Promise<string[]> {
  const projectId = `demo-rules-${randomUUID()}`;
  const environment = await initializeTestEnvironment({ projectId, firestore: { ...emulator, rules } });
  const contextOf = (who: string | null) => (who ? environment.authenticatedContext(who) : environment.unauthenticatedContext());
  const users = new Map(people.map((who) => [who, firestoreOf(contextOf(who))]));
  const failed: string[] = [];
  try {
    await environment.withSecurityRulesDisabled(async (context) => {
      const all = firestoreOf(context);
      await restore(all);
      for (const { name, allowed, who = 'ann', run } of cases) {
        const isAllowed = await run(users.get(who) ?? all).then(() => true, isDenial);
        if (isAllowed !== allowed) failed.push(name);
        if (first && failed.length > 0) return;
        // A refusal leaves nothing behind.
        if (isAllowed) await restore(all);
      }
    });
    return failed;
  } finally {
    await environment.cleanup();
  }
}

const restore = async (firestore: Firestore): Promise<void> => {
  const batch = writeBatch(firestore);
  batch.delete(doc(firestore, path));
  batch.set(doc(firestore, saved), passage());
  batch.set(doc(firestore, withoutVector), { ...passage(), vector: null });
  await batch.commit();
};

/** False for a refusal by the rules. Any other failure is none of theirs. */
const isDenial = (error: unknown): false => {
  if ((error as { code?: string }).code === 'permission-denied') return false;
  throw error;
};
