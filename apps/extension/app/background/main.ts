import { createTwohop } from '@twohop/sdk';
import { firebaseSession } from '../platform/firebase-auth.ts';
import { reloadWhenRebuilt } from '../platform/reload.ts';
import { serve, setToolbarTitle, version } from '../platform/runtime.ts';
import { settings } from '../platform/settings.ts';
import { createHandlers } from './handlers.ts';

const session = firebaseSession(settings);
const twohop = createTwohop({ url: settings.serverUrl, getToken: session.token, clientVersion: version() });
serve(createHandlers({ session, twohop, setToolbarTitle }));
reloadWhenRebuilt();

// The last statement: a test reads it, because nobody can attach early enough to see a worker throw at its start.
Object.assign(globalThis, { twohopBackground: 'ready' });
