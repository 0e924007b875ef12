import type { TwohopErrorCode } from '@twohop/sdk';

/** What the button under the sentence does. `none`: nothing that a button could do would help. */
export type Remedy = 'retry' | 'sign-in' | 'edit' | 'none';

export interface Sentence {
  readonly title: string;
  readonly next: string;
  readonly remedy: Remedy;
}

const sentence = (title: string, next: string, remedy: Remedy): Sentence => ({ title, next, remedy });

const outdatedHere = 'Update the extension. If that does not help, tell whoever runs the server.';
const inAMoment = 'Nothing was charged. Try again in a moment.';

/** One sentence and one next step for every failure. A code without them does not compile. */
export const sentences = {
  'auth.missing': sentence('You are not signed in.', 'Start again: it takes a second.', 'sign-in'),
  'auth.invalid': sentence('The server does not accept this sign-in.', 'Start again with a new one.', 'sign-in'),
  'auth.expired': sentence('Your sign-in has run out.', 'Try again: it is renewed by itself.', 'retry'),
  'auth.revoked': sentence('You were signed out.', 'Start again: your text is still here.', 'sign-in'),
  'auth.forbidden': sentence('This account may not do that.', 'Start again with another account.', 'sign-in'),
  'auth.blocked': sentence('This account is blocked.', 'If that is a mistake, tell whoever runs the server.', 'none'),
  'auth.unavailable': sentence('Sign-in cannot be checked right now.', 'Nothing is lost. Try again in a moment.', 'retry'),
  'input.invalid': sentence(
    'This text cannot be read.',
    'It has characters that are not text. Paste it again as plain text.',
    'edit',
  ),
  'input.too_large': sentence('This text is too long for one run.', 'Use a shorter part of it.', 'edit'),
  'client.outdated': sentence('This version is too old for the server.', 'Update the extension, then open it again.', 'none'),
  'request.not_found': sentence('The server does not know this request.', outdatedHere, 'none'),
  'request.timeout': sentence('Your text took too long to arrive.', 'Check your connection, then try again.', 'retry'),
  'request.uri_too_long': sentence('The request was too long for the server.', outdatedHere, 'none'),
  'request.media_type': sentence('The server could not read the request.', outdatedHere, 'none'),
  'request.cancelled': sentence('Cancelled.', 'Only what had already run was counted.', 'retry'),
  'limit.rate': sentence('That was a lot in one minute.', 'Take a breath, then try again.', 'retry'),
  'limit.concurrency': sentence('Another run of yours is still going.', 'Wait until it ends, then try again.', 'retry'),
  'limit.ip': sentence('Many requests come from your network.', 'Wait a moment, then try again.', 'retry'),
  'limit.quota': sentence('Your allowance is used up.', 'Your text is kept here until there is more.', 'none'),
  'limit.pool': sentence(
    'The allowance everybody shares without an account is used up.',
    'Come back when there is more.',
    'none',
  ),
  'limit.spend_cap': sentence(
    'The service has reached its spending limit.',
    'It opens again by itself. Try again later.',
    'retry',
  ),
  'limit.killed': sentence('The service is paused by whoever runs it.', 'Nothing was charged. Try again later.', 'retry'),
  'limit.store_down': sentence('The service cannot count what you use right now.', inAMoment, 'retry'),
  'capacity.overloaded': sentence('The service is full right now.', inAMoment, 'retry'),
  'upstream.circuit_open': sentence('The model has failed several times and is resting.', inAMoment, 'retry'),
  'upstream.cold': sentence('The model is waking up.', 'That takes up to a minute. Nothing was charged.', 'retry'),
  'upstream.timeout': sentence('The model did not answer in time.', 'Try again, or use a shorter text.', 'retry'),
  'upstream.bad_response': sentence('The model gave an answer that makes no sense.', 'You were not charged. Try again.', 'retry'),
  'run.conflict': sentence('This run had already begun with another text.', 'Start it again.', 'retry'),
  'run.result_gone': sentence('This run is finished, but its result is no longer kept.', 'Run it again to see it.', 'retry'),
  'internal.bug': sentence('Something broke on our side.', 'Try again. If it stays, tell whoever runs the server.', 'retry'),
  'network.unreachable': sentence('The server does not answer.', 'It may be restarting. Try again in a moment.', 'retry'),
} as const satisfies Record<TwohopErrorCode, Sentence>;

/** The one failure that is told by the browser: the server may well be up. */
export const offline = sentence('You are offline.', 'Your text is kept here. Try again when you are connected.', 'retry');
