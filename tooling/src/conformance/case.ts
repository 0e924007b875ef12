import { codeOf } from '../attack/raw-http.ts';
import { pause } from '../prove/poll.ts';

/** A first hop that runs, wherever it runs. */
export interface Host {
  readonly name: HostName;
  readonly url: URL;
  /** What the proxy or the edge in front of this host says of the client's address. */
  behind(address: string): Readonly<Record<string, string>>;
  /** A sound token of that user, with these claims on top. */
  token(user: string, claims?: object): string;
}

export const hostNames = ['node', 'deno', 'workerd'] as const;
export type HostName = (typeof hostNames)[number];

/** When a case is tried: what else goes on, and what of the stores and the model has been stopped. */
export type When =
  | 'beside others'
  | 'one by one'
  | 'the model is stopped'
  | 'beside a stopped model'
  | 'the ledger is stopped'
  | 'the ledger is back';

export interface ConformanceCase {
  readonly name: string;
  /** Beside others unless told. What the model works for has it alone: it may say that it has no room. */
  readonly when?: When;
  readonly expected: string;
  /** What a host does otherwise, for as long as it does: a limit of the host that docs/moving.md tells. */
  readonly otherwise?: Readonly<Partial<Record<HostName, string>>>;
  /** What was seen. A host that breaks has shown nothing. */
  look(visit: Visit): Promise<string>;
}

/** A user of one host, at an address of their own. */
export interface Visit {
  readonly host: Host;
  readonly address: string;
  readonly user: string;
  /** What every client sends: its version, a token, and the type of a body. */
  readonly headers: Readonly<Record<string, string>>;
  ask(path: string, more?: RequestInit): Promise<Seen>;
  /** The same of a client that has not signed in. */
  readonly unknown: Readonly<Record<string, string>>;
  /** One procedure that changes something or spends. */
  call(procedure: string, input: unknown, headers?: Readonly<Record<string, string>>): Promise<Seen>;
  read(procedure: string): Promise<Seen>;
}

export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `200 ok`, `401 auth.missing`: the status, and the code of the error table. */
  readonly said: string;
  /** What the procedure answered. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Longer than any deadline of the first hop: a host that hangs is an answer too. */
export const LONGEST_MS = 20_000;

/** What honest callers are told too while a busy machine's store, issuer or model has no time, and what they wait for. */
const PASSING = /limit\.store_down|auth\.unavailable|capacity\.overloaded/;
const MOST_TRIES = 20;
const PAUSE_MS = 250;

let visits = 0;

/** Each case comes from another network as another user, so that none is refused for what the last one did. */
export function visit(host: Host, { isPatient }: { readonly isPatient: boolean }): Visit {
  visits += 1;
  const address = `198.18.${Math.floor(visits / 250)}.${(visits % 250) + 1}`;
  const user = `${host.name}-${visits}`;
  const unknown = { ...host.behind(address), 'x-client-version': '1.0.0' };
  const headers = {
    ...unknown,
    authorization: `Bearer ${host.token(user)}`,
    'content-type': 'application/json',
  };
  const ask = async (path: string, more: RequestInit = {}): Promise<Seen> => {
    for (let tries = 1; ; tries += 1) {
      const signal = AbortSignal.timeout(LONGEST_MS);
      const seen = await seenOf(await fetch(new URL(path, host.url), { headers, ...more, signal }));
      if (!isPatient || !PASSING.test(seen.said) || tries === MOST_TRIES) return seen;
      await pause(PAUSE_MS);
    }
  };
  return {
    host,
    address,
    user,
    headers,
    unknown,
    ask,
    call: (procedure, input, own = {}) =>
      ask(`/trpc/${procedure}`, { method: 'POST', body: JSON.stringify(input), headers: { ...headers, ...own } }),
    read: (procedure) => ask(`/trpc/${procedure}`),
  };
}

async function seenOf(response: Response): Promise<Seen> {
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, text, said: `${status} ${codeOf({ text }) ?? 'ok'}`, data: dataIn(text) };
}

function dataIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) as { result?: { data?: Record<string, unknown> } }).result?.data ?? {};
  } catch {
    return {};
  }
}

/** A table of refusals that need nothing but a request. */
export const refusals = (
  rows: readonly (readonly [name: string, expected: string, ask: (visit: Visit) => Promise<Seen>])[],
): ConformanceCase[] => rows.map(([name, expected, ask]) => ({ name, expected, look: async (each) => (await ask(each)).said }));

/** A run as bytes. `more`: lines of its head, its length among them. */
export function runBytes({ host, headers }: Visit, more: readonly string[], body: string): string {
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = ['POST /trpc/highlights.run HTTP/1.1', `host: ${host.url.host}`, 'connection: close', ...own, ...more];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
