import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** A collector of traces: what it was sent, read as OTLP, and as the bytes that came. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: () => readonly ReceivedSpan[];
  /** All that came: heads, and bodies in which every string stands as it is. */
  readonly raw: () => readonly string[];
  close(): void;
}

export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const raw: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      raw.push(`${request.url} ${JSON.stringify(request.headers)}`, body.toString('latin1'));
      if (request.url === '/v1/traces') spans.push(...spansOf(body));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => spans,
    raw: () => raw,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The fields of a protobuf message by number: numbers as they are, all else as bytes. */
function fieldsOf(bytes: Buffer): Map<number, (number | Buffer)[]> {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const key = varint();
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (![0, 1, 2, 5].includes(type)) throw new Error(`no wire type of protobuf: ${type}`);
    const value = type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : varint());
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

const messages = (bytes: Buffer, number: number): Buffer[] => (fieldsOf(bytes).get(number) ?? []).filter(Buffer.isBuffer);
const first = (bytes: Buffer, number: number): Buffer => messages(bytes, number)[0] ?? Buffer.alloc(0);

/** Numbers of opentelemetry/proto/trace/v1/trace.proto. */
function spansOf(body: Buffer): ReceivedSpan[] {
  return messages(body, 1).flatMap((resourceSpans) => {
    const service = String(attributesOf(first(resourceSpans, 1), 1)['service.name']);
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => ({
        traceId: first(span, 1).toString('hex'),
        spanId: first(span, 2).toString('hex'),
        parentId: first(span, 4).toString('hex'),
        name: first(span, 5).toString(),
        service,
        attributes: attributesOf(span, 9),
      }));
  });
}

function attributesOf(message: Buffer, number: number): Record<string, string | number> {
  return Object.fromEntries(
    messages(message, number).map((pair) => {
      const [[kind, [value]] = [0, ['']]] = [...fieldsOf(first(pair, 2))] as [number, (number | Buffer)[]][];
      return [
        first(pair, 1).toString(),
        Buffer.isBuffer(value) ? (kind === 1 ? value.toString() : value.readDoubleLE()) : (value ?? 0),
      ];
    }),
  );
}
