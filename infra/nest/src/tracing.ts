/** Traces, when an OTLP endpoint is set; otherwise nothing of OpenTelemetry is even loaded. */
import type { Span } from '@opentelemetry/api';

export interface Tracing {
  /** Runs within a span; `traceparent` of the new span goes on to whatever it causes. Without tracing the given one passes through. */
  span<T>(name: string, parent: string | undefined, run: (traceparent: string | undefined) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export const NO_TRACING: Tracing = { span: (_name, parent, run) => run(parent), stop: async () => {} };

export const startTracing = async (options: { service: string; endpoint?: string | undefined }): Promise<Tracing> => {
  if (options.endpoint === undefined) return NO_TRACING;
  const [api, sdk, exporter, resources] = await Promise.all([
    import('@opentelemetry/api'), import('@opentelemetry/sdk-trace-node'), import('@opentelemetry/exporter-trace-otlp-http'), import('@opentelemetry/resources'),
  ]);
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': options.service }),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter({ url }))],
  });
  const tracer = provider.getTracer(options.service);
  const parentOf = (traceparent: string | undefined) => {
    const [, traceId, spanId, flags] = traceparent?.split('-') ?? [];
    if (!traceId || !spanId || !flags) return api.ROOT_CONTEXT;
    return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
  };
  return {
    async span(name, parent, run) {
      const span = tracer.startSpan(name, { kind: api.SpanKind.SERVER }, parentOf(parent));
      try {
        return await run(traceparentOf(span));
      } catch (error) {
        span.setStatus({ code: api.SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    stop: () => provider.shutdown(),
  };
};

const traceparentOf = (span: Span): string => {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
};
