import { readdir, readFile } from 'node:fs/promises';

/** What a server process holds at one moment. */
export interface Sample {
  readonly requests: number;
  /** Of the main thread after a garbage collection, with what it holds outside of V8's heap. */
  readonly heapMb: number;
  /** Resident memory of the whole process, its ledger thread included, at the same moment. */
  readonly rssMb: number;
  /** Sockets, timers and the like, as the process itself counts them. */
  readonly handles: number;
  /** Open files and sockets, as the kernel counts them. */
  readonly files: number;
}

export interface Inspected {
  sample(requests: number): Promise<Sample>;
  close(): void;
}

export interface Inspection {
  readonly pid: number;
  readonly inspectorPort: number;
  readonly metricsUrl: string;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

const MB = 1e6;
const KIB = 1024;

/** Reads a process by its inspector, its own metrics and /proc: Linux only. */
export async function inspect({ pid, inspectorPort, metricsUrl }: Inspection): Promise<Inspected> {
  const targets = (await (await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  let last = 0;
  const call = <T>(method: string): Promise<T> => {
    const id = (last += 1);
    socket.send(JSON.stringify({ id, method }));
    return new Promise((resolve) => {
      const hear = ({ data }: MessageEvent) => {
        const message = JSON.parse(String(data)) as { id?: number; result?: T };
        if (message.id !== id) return;
        socket.removeEventListener('message', hear);
        resolve(message.result as T);
      };
      socket.addEventListener('message', hear);
    });
  };
  return {
    sample: async (requests) => {
      await call('HeapProfiler.collectGarbage');
      const heap = await call<HeapUsage>('Runtime.getHeapUsage');
      const [status, files, metrics] = await Promise.all([
        readFile(`/proc/${pid}/status`, 'utf8'),
        readdir(`/proc/${pid}/fd`),
        fetch(metricsUrl).then((response) => response.text()),
      ]);
      const rssKib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
      return {
        requests,
        heapMb: (heap.usedSize + heap.embedderHeapUsedSize + heap.backingStorageSize) / MB,
        rssMb: (rssKib * KIB) / MB,
        handles: Number(/^nodejs_active_handles_total (\d+)$/m.exec(metrics)?.[1]),
        files: files.length,
      };
    },
    close: () => socket.close(),
  };
}
