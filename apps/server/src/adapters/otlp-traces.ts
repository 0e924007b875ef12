import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, type Span, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { parseTraceParent, setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { TRPCError } from '@trpc/server';
import { type ErrorCode, errors, faultOf, type Log, type Traces } from '@twohop/api';

/** Whoever is not let in writes no spans: a flood of forged tokens would be a flood of exports. */
const STRANGER = new Set<string>(['auth.missing', 'auth.invalid', 'auth.expired', 'client.outdated']);

/** A collector that is away must not hold up the end of this process. */
const FLUSH_MS = 2_000;

export interface OtlpTracesOptions {
  readonly log: Log;
  /** OTLP over HTTP, at the address of the environment's `OTEL_EXPORTER_OTLP_*`, unless given. */
  readonly exporter?: SpanExporter;
}

/** Spans by OpenTelemetry. What is exported, when and how much of it is set by its own `OTEL_*` variables. */
export function otlpTraces({ log, exporter = new OTLPTraceExporter() }: OtlpTracesOptions): Traces & { close(): Promise<void> } {
  setGlobalErrorHandler((error) => log.warn({ err: error }, 'traces cannot be exported'));
  const named = resourceFromAttributes({ 'service.name': 'twohop-server' });
  const ids = traceIds();
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
    idGenerator: ids,
  });
  const tracer = provider.getTracer('twohop');
  const running = new AsyncLocalStorage<Span>();
  return {
    begin({ procedure, requestId, traceparent }) {
      const attributes = { 'rpc.system': 'trpc', 'rpc.method': procedure, 'twohop.request_id': requestId };
      const client = traceparent === null ? null : parseTraceParent(traceparent);
      const parent = client ? trace.setSpanContext(ROOT_CONTEXT, { ...client, isRemote: true }) : ROOT_CONTEXT;
      ids.next(requestId);
      const span = tracer.startSpan(procedure, { kind: SpanKind.SERVER, attributes }, parent);
      return {
        within: (work) => running.run(span, work),
        end: (code) => end(span, code),
      };
    },
    async step(name, step) {
      const parent = running.getStore();
      if (!parent) return step();
      const kind = name === 'model' ? SpanKind.CLIENT : SpanKind.INTERNAL;
      const span = tracer.startSpan(name, { kind }, trace.setSpan(ROOT_CONTEXT, parent));
      try {
        const result = await running.run(span, () => step(headerOf(span.spanContext())));
        end(span, 'ok');
        return result;
      } catch (error) {
        end(span, error instanceof TRPCError ? faultOf(error, '').code : 'internal.bug');
        throw error;
      }
    },
    close: async () => {
      const ended = AbortSignal.timeout(FLUSH_MS);
      await Promise.race([provider.shutdown(), new Promise((resolve) => ended.addEventListener('abort', resolve))]);
    },
  };
}

/** A span that is never ended is never exported. */
function end(span: Span, code: ErrorCode | 'ok'): void {
  if (STRANGER.has(code)) return;
  if (code !== 'ok') {
    span.setAttribute('error.type', code);
    if (errors[code].http >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

const headerOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** A call whose client names no trace has that of its request's id, so that whoever has one has the other. */
function traceIds(): IdGenerator & { next(requestId: string): void } {
  const random = new RandomIdGenerator();
  let traceId = '';
  return {
    next: (requestId) => {
      traceId = requestId.replaceAll('-', '');
    },
    generateTraceId: () => traceId,
    generateSpanId: () => random.generateSpanId(),
  };
}
