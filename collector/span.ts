import { SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

/**
 * Runs `work` in a span of OpenTelemetry's global tracer; an error is recorded on it and thrown on. Without an
 * SDK (`node --import`, the operator's choice) this costs next to nothing.
 * @param name "<part> <verb>": `ingest store`, `detector evaluate`, `gate decide`, `gate publish`.
 */
export function withSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getTracer('assay').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
