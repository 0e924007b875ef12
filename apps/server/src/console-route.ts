import { join } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { addressRate } from './address-rate.ts';
import type { AppOptions } from './app.ts';
import type { ConsoleSignIn } from './config.ts';
import { securityHeaders } from './security-headers.ts';

export interface ConsoleSite {
  /** Of the built page. */
  readonly folder: string;
  readonly signIn: ConsoleSignIn;
}

const HASHED_KEPT_S = 31_536_000;

/** Where the page signs its users in. */
const issuersOf = ({ emulator }: ConsoleSignIn): string[] =>
  emulator === null ? ['https://identitytoolkit.googleapis.com', 'https://securetoken.googleapis.com'] : [emulator];

/**
 * `/console`: the operator's page. It is an empty form to whoever loads it; all that it shows comes through procedures that are
 * for admins alone.
 */
export async function consoleRoute(app: FastifyInstance, options: AppOptions, { folder, signIn }: ConsoleSite): Promise<void> {
  const own = ["'self'"];
  const headers = securityHeaders({
    scriptSrc: own,
    styleSrc: own,
    imgSrc: own,
    connectSrc: [...own, ...issuersOf(signIn)],
    baseUri: ["'none'"],
    formAction: ["'none'"],
  });
  app.addHook('onRequest', addressRate(options));
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(headers);
    next();
  });
  app.get('/console', (_request, reply) => reply.redirect('/console/', 308));
  // The web API key is public by Firebase's design; it lets nobody in.
  app.get('/console/sign-in.json', (_request, reply) => reply.header('cache-control', 'no-store').send(signIn));
  await app.register(files, {
    root: folder,
    prefix: '/console/',
    // A route for each file that is there, and no path that leads anywhere else.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(folder, 'assets'));
      void reply.header('cache-control', isHashed ? `public, max-age=${HASHED_KEPT_S}, immutable` : 'no-cache');
    },
  });
}
