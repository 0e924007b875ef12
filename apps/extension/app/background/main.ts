import { createTwohop } from '@twohop/sdk';
import { densityStore } from '../platform/density.ts';
import { firebaseSession } from '../platform/firebase-auth.ts';
import { serveBadges, serveRuns } from '../platform/page-server.ts';
import { reloadWhenRebuilt } from '../platform/reload.ts';
import { serve, setToolbarTitle, version } from '../platform/runtime.ts';
import { settings } from '../platform/settings.ts';
import { injectPage, setBadge, tellPage } from '../platform/tabs.ts';
import { contextMenu, onShortcuts, openPopup } from '../platform/triggers.ts';
import { createHandlers } from './handlers.ts';
import { runPart } from './model-runs.ts';
import { createPageActions } from './page-actions.ts';

const session = firebaseSession(settings);
const twohop = createTwohop({ url: settings.serverUrl, getToken: session.token, clientVersion: version() });
const actions = createPageActions({
  page: { inject: injectPage, tell: tellPage, setBadge },
  account: session.account,
  density: densityStore.read,
  openPopup,
});
serve(createHandlers({ session, twohop, setToolbarTitle }));
serveRuns(runPart(twohop));
serveBadges(setBadge);
onShortcuts(actions);
contextMenu([{ id: 'mark-page', title: 'Mark what matters, or clear it', action: actions['mark-page'] }]);
reloadWhenRebuilt();

// The last statement: a test reads it, because nobody can attach early enough to see a worker throw at its start.
Object.assign(globalThis, { twohopBackground: 'ready' });
