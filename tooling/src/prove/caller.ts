/** How one call ended. `status` 0: no reply came (a killed server, an aborted call). */
export interface Answer {
  readonly status: number;
  /** `ok`, the server's error code, or `no reply`. */
  readonly code: string;
  readonly data: unknown;
  readonly ms: number;
}

export interface Call {
  readonly token: string;
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** A body as it is, for what JSON.stringify would not write. */
  readonly rawBody?: string;
}

/** Below the SDK, which would try again by itself: each of these is one HTTP request. */
export interface Caller {
  mutate(procedure: string, input: unknown, call: Call): Promise<Answer>;
  query(procedure: string, call: Call): Promise<Answer>;
}

interface Body {
  readonly result?: { readonly data?: unknown };
  readonly error?: { readonly data?: { readonly twohop?: { readonly code?: string } } };
}

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** Longer than any call may take by the server's own deadlines: a server that hangs is an answer too. */
const LONGEST_MS = 30_000;

export function callerOf(url: string): Caller {
  const send = async (path: string, init: Init, { token, signal }: Call): Promise<Answer> => {
    const startMs = performance.now();
    const ms = () => performance.now() - startMs;
    const signals = [AbortSignal.timeout(LONGEST_MS), ...(signal ? [signal] : [])];
    try {
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      const response = await fetch(`${url}/trpc/${path}`, { ...init, headers, signal: AbortSignal.any(signals) });
      const { result, error } = (await response.json()) as Body;
      const code = response.ok ? 'ok' : (error?.data?.twohop?.code ?? `status ${response.status}`);
      return { status: response.status, code, data: result?.data, ms: ms() };
    } catch {
      return { status: 0, code: 'no reply', data: undefined, ms: ms() };
    }
  };
  return {
    query: (procedure, call) => send(procedure, {}, call),
    mutate: (procedure, input, call) => {
      const headers = { 'content-type': 'application/json', ...(call.key === undefined ? {} : { 'idempotency-key': call.key }) };
      return send(procedure, { method: 'POST', headers, body: call.rawBody ?? JSON.stringify(input) }, call);
    },
  };
}
