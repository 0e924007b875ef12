import { createTwohop } from '@twohop/sdk';
import { initializeApp } from 'firebase/app';
import { connectAuthEmulator, getAuth } from 'firebase/auth';

const {
  VITE_TWOHOP_URL: url = 'http://127.0.0.1:8787',
  VITE_FIREBASE_PROJECT_ID: projectId = 'demo-twohop',
  VITE_FIREBASE_API_KEY: apiKey = 'emulator',
  VITE_AUTH_EMULATOR_URL: emulator,
} = import.meta.env as Record<string, string | undefined>;

/** The sign-in that the page has anyway. */
export const auth = getAuth(initializeApp({ apiKey, projectId }));
if (emulator) connectAuthEmulator(auth, emulator, { disableWarnings: true });

export const twohop = createTwohop({
  url,
  getToken: async ({ refresh }) => {
    await auth.authStateReady();
    return (await auth.currentUser?.getIdToken(refresh)) ?? null;
  },
});
