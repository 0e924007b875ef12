import type { Library } from '../../core/shelf.ts';
import { openLibrary } from '../../platform/firestore-library.ts';
import { settings } from '../../platform/settings.ts';
import { ask } from './client.ts';

/** A user's library, as the user whom the worker knows. */
export const libraryOf = (uid: string): Library =>
  openLibrary(settings, { uid, token: (options) => ask('token', { ...options, of: uid }) });
