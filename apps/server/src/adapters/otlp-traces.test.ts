import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type ErrorCode, Fault, type Traces } from '@twohop/api';
import { describe, expect, it } from 'vitest';
import { otlpTraces } from './otlp-traces.ts';

const requestId = '01a2172b-a31f-7fc7-8a21-631d20501ea3';
const ownTrace = '01a2172ba31f7fc78a21631d20501ea3';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Ran {
  readonly traceparent?: string;
  readonly code?: ErrorCode | 'ok';
  readonly steps?: (traces: Traces) => Promise<unknown>;
}

/** The spans that are exported of one call, by name. */
async function spansOf({ traceparent, code = 'ok', steps = async () => undefined }: Ran): Promise<Record<string, ReadableSpan>> {
  const exported: ReadableSpan[] = [];
  const exporter = {
    export: (spans: ReadableSpan[], done: (result: { code: ExportResultCode }) => void) => {
      exported.push(...spans);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => undefined,
  };
  const traces = otlpTraces({ log, exporter });
  const call = traces.begin({ procedure: 'account.me', requestId, traceparent: traceparent ?? null });
  await call.within(() => steps(traces)).catch(() => undefined);
  call.end(code);
  await traces.close();
  return Object.fromEntries(exported.map((span) => [span.name, span]));
}

describe('a call', () => {
  it('is below the client’s own span, and its steps are below it, also those within a step', async () => {
    const seen: (string | undefined)[] = [];
    const {
      'account.me': root,
      outer,
      model,
    } = await spansOf({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      steps: (traces) =>
        traces.step('outer', () =>
          traces.step('model', async (traceparent) => {
            seen.push(traceparent);
          }),
        ),
    });
    expect(root?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(outer?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(model?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(seen).toEqual([`00-0af7651916cd43dd8448eb211c80319c-${model?.spanContext().spanId}-01`]);
    expect(root?.attributes).toMatchObject({ 'rpc.method': 'account.me', 'twohop.request_id': requestId });
  });

  it.each(['none', '00-00000000000000000000000000000000-b7ad6b7169203331-01', 'x'.repeat(5_000)])(
    'has its request’s id when the client’s is no trace context: %.20s',
    async (traceparent) => {
      const { 'account.me': root } = await spansOf({ traceparent });
      expect(root?.spanContext().traceId).toBe(ownTrace);
      expect(root?.parentSpanContext).toBeUndefined();
    },
  );

  it('is not exported when its client is not traced, and neither is anything after it', async () => {
    const seen: (string | undefined)[] = [];
    const spans = await spansOf({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
      steps: (traces) =>
        traces.step('model', async (traceparent) => {
          seen.push(traceparent);
        }),
    });
    expect(spans).toEqual({});
    expect(seen[0]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  });
});

describe('a failure', () => {
  it('is named by its code of the table, and nothing of its text is exported', async () => {
    const spans = await spansOf({
      code: 'limit.store_down',
      steps: (traces) => traces.step('reserve', () => Promise.reject(new Fault('limit.store_down', { message: 'a secret' }))),
    });
    for (const name of ['account.me', 'reserve']) {
      expect(spans[name]?.attributes).toMatchObject({ 'error.type': 'limit.store_down' });
      expect(spans[name]?.status).toEqual({ code: 2 });
      expect(spans[name]?.events).toEqual([]);
    }
  });

  it('of the client is no error of the server', async () => {
    const { 'account.me': root } = await spansOf({ code: 'limit.quota' });
    expect(root?.attributes).toMatchObject({ 'error.type': 'limit.quota' });
    expect(root?.status.code).toBe(0);
  });

  it.each(['auth.missing', 'auth.invalid', 'auth.expired', 'client.outdated'] as const)(
    'of whoever is not let in writes no span: %s',
    async (code) => {
      const steps = (traces: Traces) => traces.step('authenticate', () => Promise.reject(new Fault(code)));
      expect(await spansOf({ code, steps })).toEqual({});
    },
  );
});

it('a step outside of any call is only run', async () => {
  const traces = otlpTraces({ log, exporter: { export: () => expect.unreachable(), shutdown: async () => undefined } });
  expect(await traces.step('settle', async (traceparent) => traceparent ?? 'nobody')).toBe('nobody');
  await traces.close();
});
