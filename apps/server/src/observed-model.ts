import type { Model, ModelCall, ModelReply } from '@twohop/api';

type Operation = (request: unknown, call: ModelCall) => Promise<ModelReply<unknown>>;

/** The same model, of which `ended` is told how each call ended. */
export function observedModel(model: Model, ended: (code: string) => void): Model {
  const watched =
    (operation: Operation): Operation =>
    async (request, call) => {
      const reply = await operation(request, call);
      ended(reply.ok ? 'ok' : reply.failure.code);
      return reply;
    };
  const operations = Object.entries(model as Readonly<Record<string, Operation>>);
  return Object.fromEntries(operations.map(([name, operation]) => [name, watched(operation)])) as unknown as Model;
}
