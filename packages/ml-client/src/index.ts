// Whoever takes the types alone has none of Node's by itself.
/// <reference types="node" />
export type { Ask } from './ask.ts';
export { type MlCall, type MlClient, type MlClientOptions, mlClient, type MlReply } from './client.ts';
export type { MlFailure } from './failure.ts';
export type { Operations } from './generated/operations.gen.ts';
export type { ErrorCode } from './generated/types.gen.ts';
