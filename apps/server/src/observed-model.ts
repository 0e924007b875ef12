import type { Model, ModelCall, ModelReply } from '@twohop/api';

type Operation = (request: unknown, call: ModelCall) => Promise<ModelReply<unknown>>;

export interface EndedCall {
  readonly operation: string;
  readonly code: string;
  readonly ms: number;
}

/** The same model, of which `ended` is told how each call ended. */
export function observedModel(model: Model, ended: (call: EndedCall) => void): Model {
  const watched =
    (name: string, operation: Operation): Operation =>
    async (request, call) => {
      const startMs = performance.now();
      const reply = await operation(request, call);
      ended({ operation: name, code: reply.ok ? 'ok' : reply.failure.code, ms: performance.now() - startMs });
      return reply;
    };
  const operations = Object.entries(model as Readonly<Record<string, Operation>>);
  return Object.fromEntries(operations.map(([name, operation]) => [name, watched(name, operation)])) as unknown as Model;
}
