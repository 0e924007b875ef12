import { createTwohop, newTraceparent } from '@twohop/sdk';
import type { Handlers } from '../../background/handlers.ts';
import type { Draft } from '../../core/draft.ts';
import { asking, version } from '../../platform/runtime.ts';
import { fetchServer } from '../../platform/server.ts';
import { settings } from '../../platform/settings.ts';
import { sessionStore } from '../../platform/storage.ts';

export const ask = asking<Handlers>();

/**
 * The page calls the server itself: a worker with a silent fetch is killed after 30 s, a page lives as long as it shows.
 * Only the token comes from the worker, which alone holds the sign-in.
 */
export const twohop = createTwohop({
  url: settings.serverUrl,
  getToken: (options) => ask('token', options),
  clientVersion: version(),
  getTraceparent: newTraceparent,
  fetch: fetchServer,
});

export const draftStore = sessionStore<Draft>('draft', 1);

/** Whether this build can ask for a Google account. */
export const hasGoogle = settings.google !== null;
