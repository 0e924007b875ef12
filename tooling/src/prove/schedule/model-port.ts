import type { Deps } from '@twohop/api';

export type Model = Deps['model'];
type Reply = Awaited<ReturnType<Model['highlights']>>;
export type ModelFailure = Extract<Reply, { ok: false }>['failure'];
export type ModelReply<T> =
  | { readonly ok: true; readonly body: T; readonly computeUs: number | null; readonly timings: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly failure: ModelFailure };
