import { loadConfig } from './config.ts';
import { type FetchApp, fetchApp } from './fetch-app.ts';
import { openFirstHop } from './first-hop.ts';
import { faultBody, faultHead, type HttpFault } from './http-fault.ts';
import { createLogger } from './logger.ts';
import { metrics } from './metrics.ts';
import { workerdRuntime } from './runtimes/workerd.ts';

type Settings = Readonly<Record<string, string | undefined>>;

interface Bindings {
  readonly FIRST_HOP: {
    getByName(name: string): { fetch(request: Request): Promise<Response> };
  };
}

/**
 * The first hop on workerd, within a Durable Object: what is open there (the connections to the ledger, the holds of runs in
 * flight) belongs to all of its requests, as in a process. In a Worker alone it would belong to the one request that opened it.
 * `plans`: what stands in twohop.config.ts. build.ts exports the class and the handler as the host wants them.
 */
export function workerOf(plans: unknown) {
  class FirstHop {
    readonly #settings: Settings;
    #app: Promise<FetchApp> | null = null;

    constructor(_state: unknown, settings: Settings) {
      this.#settings = settings;
    }

    async fetch(request: Request): Promise<Response> {
      this.#app ??= open(this.#settings, plans).catch((error: unknown) => {
        // A process would end, and be started again: whoever comes next tries once more.
        this.#app = null;
        print(`twohop server: ${error instanceof Error ? error.message : String(error)}`);
        return notOpen;
      });
      const app = await this.#app;
      // Cloudflare writes it itself, over whatever the client says.
      return app(request, request.headers.get('cf-connecting-ip') ?? '');
    }
  }
  const handler = {
    fetch: (request: Request, { FIRST_HOP }: Bindings): Promise<Response> => FIRST_HOP.getByName('first-hop').fetch(request),
  };
  return { FirstHop, handler };
}

const notOpen: FetchApp = async () => {
  const fault: HttpFault = { code: 'limit.store_down', retryAfterMs: 1_000 };
  return Response.json(faultBody(fault), faultHead(fault));
};

// oxlint-disable-next-line no-console -- It is this host's standard output.
const print = (line: string): void => console.log(line);

async function open(settings: Settings, plans: unknown): Promise<FetchApp> {
  const config = await loadConfig(settings, async () => plans);
  const log = createLogger(config.logLevel, { write: (line) => print(line.trimEnd()) });
  const neverEnds = { draining: () => false, ending: new AbortController().signal };
  const { firstHop } = await openFirstHop(config, { ...neverEnds, runtime: workerdRuntime, metrics: metrics(), log });
  return fetchApp({ ...firstHop, log });
}
