import { connect } from 'node:net';

/** Firefox's own remote protocol: with the chrome context, in which the toolbar and the add-ons are. */
export interface Marionette {
  send<T>(command: string, parameters?: object): Promise<T>;
  /** Runs a script in a page, or in the browser itself. */
  run<T>(context: 'content' | 'chrome', script: string, args?: readonly unknown[]): Promise<T>;
  close(): void;
}

type Answer = readonly [type: 1, id: number, error: { error: string; message: string } | null, result: unknown];

/** @param port of `marionette.port`; refused until the browser has started */
export const connectMarionette = async (port: number): Promise<Marionette> => {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const waiting = new Map<number, (answer: Answer) => void>();
  let buffer = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    // Each message has its length in bytes before it: `12:[1,0,null,…]`.
    for (let colon = buffer.indexOf(':'); colon !== -1; colon = buffer.indexOf(':')) {
      const end = colon + 1 + Number(buffer.subarray(0, colon).toString());
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.subarray(colon + 1, end).toString()) as Answer | object;
      buffer = buffer.subarray(end);
      // The first message is the greeting.
      if (Array.isArray(message)) waiting.get((message as unknown as Answer)[1])?.(message as unknown as Answer);
    }
  });
  let last = 0;
  const send = <T>(command: string, parameters: object = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      waiting.set(id, ([, , error, result]) => {
        waiting.delete(id);
        if (error) reject(new Error(`${command}: ${error.error}: ${error.message}`));
        else resolve(result as T);
      });
      const text = JSON.stringify([0, id, command, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  return {
    send,
    run: async <T>(context: 'content' | 'chrome', script: string, args: readonly unknown[] = []): Promise<T> => {
      await send('Marionette:SetContext', { value: context });
      return (await send<{ value: T }>('WebDriver:ExecuteAsyncScript', { script, args, sandbox: null })).value;
    },
    close: () => socket.destroy(),
  };
};
