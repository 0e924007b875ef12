import { createTwohop, newTraceparent } from '@twohop/sdk';
import { firebaseSession } from '../platform/firebase-auth.ts';
import { serveBadges, serveRuns } from '../platform/page-server.ts';
import { densityStore } from '../platform/preferences.ts';
import { reloadWhenRebuilt } from '../platform/reload.ts';
import { announceAccount, serve, setToolbarTitle, version } from '../platform/runtime.ts';
import { fetchServer } from '../platform/server.ts';
import { settings } from '../platform/settings.ts';
import { injectPage, setBadge, tellPage } from '../platform/tabs.ts';
import { contextMenu, onFirstRun, onShortcuts, openPopup } from '../platform/triggers.ts';
import { text, words } from '../platform/words.ts';
import { createHandlers } from './handlers.ts';
import { runChunk } from './model-runs.ts';
import { createPageActions } from './page-actions.ts';

const session = firebaseSession(settings);
const twohop = createTwohop({
  url: settings.serverUrl,
  getToken: session.token,
  clientVersion: version(),
  getTraceparent: newTraceparent,
  fetch: fetchServer,
});
const actions = createPageActions({
  page: { inject: injectPage, tell: tellPage, setBadge },
  account: session.account,
  density: densityStore.read,
  openPopup,
});
serve(createHandlers({ session, twohop, setToolbarTitle, words, announceAccount }));
serveRuns(runChunk(twohop));
serveBadges(setBadge);
onShortcuts(actions);
contextMenu([{ id: 'mark-page', title: text('menuMark'), action: actions['mark-page'] }]);
onFirstRun('tabs/welcome.html');
reloadWhenRebuilt();

// The last statement: a test reads it, because nobody can attach early enough to see a worker throw at its start.
Object.assign(globalThis, { twohopBackground: 'ready' });
