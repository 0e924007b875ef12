export { createTwohop, type GetToken, type Twohop, type TwohopOptions } from './client.ts';
export type * from './contract.ts';
export { type HighlightsProgress, streamHighlights, type StreamOptions } from './stream.ts';
export { newTraceparent } from './traceparent.ts';
export { TwohopError, type TwohopErrorCode } from './error.ts';
