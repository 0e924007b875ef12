import type { FirebaseAuthInternal } from '@firebase/auth-interop-types';
import { Component, type ComponentType } from '@firebase/component';
import * as firebase from 'firebase/app';
import {
  Bytes,
  clearIndexedDbPersistence,
  collection,
  connectFirestoreEmulator,
  deleteDoc,
  type DocumentData,
  doc,
  type Firestore,
  type FirestoreError,
  getDocsFromServer,
  initializeFirestore,
  limit,
  onSnapshot,
  persistentLocalCache,
  persistentMultipleTabManager,
  query,
  type QueryDocumentSnapshot,
  serverTimestamp,
  terminate,
  type Timestamp,
  updateDoc,
  writeBatch,
} from 'firebase/firestore';
import { Failed, type Failure } from '../core/failure.ts';
import { pendingMs } from '../core/library.ts';
import type { SavedPassage } from '../core/passage.ts';
import type { AppSettings } from '../core/settings.ts';
import type { Library, NewPassage } from '../core/shelf.ts';

export interface Owner {
  readonly uid: string;
  /** Rejects while somebody else is signed in: what was queued is then sent later. */
  readonly token: (options: { refresh: boolean }) => Promise<string | null>;
}

/** The database takes no more in one request. */
const batchSize = 500;

/** A user's passages in Firestore, directly. */
export const openLibrary = (settings: AppSettings, owner: Owner): Library => {
  const { app, firestore } = open(settings, owner);
  const passages = collection(firestore, 'users', owner.uid, 'passages');
  const at = (place: string) => doc(passages, place);
  return {
    watch: ({ onPassages, onFailure }) =>
      onSnapshot(
        passages,
        { includeMetadataChanges: true },
        ({ docs, metadata }) => onPassages(docs.map(toPassage), !metadata.fromCache),
        (error) => onFailure({ code: codeOf(error) }),
      ),
    read: () => orFailed(async () => (await getDocsFromServer(passages)).docs.map(toPassage)),
    add: (added) =>
      orFailed(async () => {
        const batches = chunks(added, batchSize).map((chunk) => {
          const batch = writeBatch(firestore);
          for (const { place, ...fields } of chunk) batch.set(at(place), created(fields));
          return batch.commit();
        });
        await Promise.all(batches);
      }),
    change: (place, change) => orFailed(() => updateDoc(at(place), { ...stored(change), updatedAt: serverTimestamp() })),
    remove: (place) => orFailed(() => deleteDoc(at(place))),
    removeAll: () =>
      orFailed(async () => {
        for (;;) {
          const { docs } = await getDocsFromServer(query(passages, limit(batchSize)));
          if (docs.length === 0) return;
          const batch = writeBatch(firestore);
          for (const { ref } of docs) batch.delete(ref);
          await batch.commit();
        }
      }),
    // Which ends Firestore too.
    close: () => orFailed(() => firebase.deleteApp(app)),
    forget: () =>
      orFailed(async () => {
        await terminate(firestore);
        await clearIndexedDbPersistence(firestore);
      }),
  };
};

/** What Firestore asks instead of Firebase Auth: the sign-in stays with the worker, which alone renews tokens. */
const authOf = ({ uid, token }: Owner): FirebaseAuthInternal => ({
  getUid: () => uid,
  getToken: async (refresh = false) => {
    const accessToken = await token({ refresh });
    return accessToken === null ? null : { accessToken };
  },
  addAuthTokenListener: (listener) => {
    // Firestore waits for the next change after it has registered.
    setTimeout(() => listener(uid));
  },
  removeAuthTokenListener: () => undefined,
});

/** Exported for Firebase's own packages, and left out of the published types. */
const { _addComponent: addComponent } = firebase as typeof firebase & {
  _addComponent(app: firebase.FirebaseApp, component: Component<'auth-internal'>): void;
};

const open = (settings: AppSettings, owner: Owner): { app: firebase.FirebaseApp; firestore: Firestore } => {
  // The cache has the app's name: each user has one of their own.
  const app = firebase.initializeApp(settings.firebase, owner.uid);
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- an enum of types alone: no code of it is published
  addComponent(app, new Component('auth-internal', () => authOf(owner), 'PRIVATE' as ComponentType));
  // One page a tab: they share the cache and one connection.
  const localCache = persistentLocalCache({ tabManager: persistentMultipleTabManager() });
  const firestore = initializeFirestore(app, { localCache });
  if (settings.emulators) {
    const { hostname, port } = new URL(settings.emulators.firestore);
    connectFirestoreEmulator(firestore, hostname, Number(port));
  }
  return { app, firestore };
};

type Stored = Partial<Omit<NewPassage, 'place'>>;

const stored = ({ vector, ...fields }: Stored): DocumentData => ({
  ...fields,
  ...(vector !== undefined && { vector: vector && Bytes.fromUint8Array(new Uint8Array(vector)) }),
});

const created = (fields: Stored): DocumentData => ({
  ...stored(fields),
  createdAt: serverTimestamp(),
  updatedAt: serverTimestamp(),
});

/** The rules give documents their form. */
const toPassage = (document: QueryDocumentSnapshot): SavedPassage => {
  const { text, url, title, note, tags, vector, model, createdAt } = document.data({ serverTimestamps: 'estimate' }) as {
    [F in 'text' | 'url' | 'title' | 'note' | 'model']: string;
  } & { tags: string[]; vector: Bytes | null; createdAt: Timestamp };
  return {
    text,
    url,
    title,
    note,
    tags,
    model,
    place: document.id,
    vector: vector && new Int8Array(vector.toUint8Array()),
    createdMs: document.get('createdAt') === null ? pendingMs(createdAt.toMillis()) : createdAt.toMillis(),
    isPending: document.metadata.hasPendingWrites,
  };
};

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const orFailed = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    throw new Failed({ code: codeOf(error as FirestoreError) }, error);
  }
};

const codes: Readonly<Record<string, Failure['code']>> = {
  'permission-denied': 'auth.forbidden',
  unauthenticated: 'auth.invalid',
  unavailable: 'network.unreachable',
};

const codeOf = ({ code }: FirestoreError): Failure['code'] => codes[code] ?? 'internal.bug';
