/** Values of attributes that this library records. */
export type OtelAttributes = Record<string, string | number | boolean | string[] | undefined>;

/** The part of a span of `@opentelemetry/api` that the gateway uses. */
export interface OtelSpan {
  setAttributes(attributes: OtelAttributes): unknown;
  setStatus(status: { code: number }): unknown;
  /** Without it, a span that starts before its model is known has only the operation in its name. */
  updateName?: ((name: string) => unknown) | undefined;
  /** @param endTime In milliseconds since 1970. */
  end(endTime?: number): void;
}

/** The part of a context of `@opentelemetry/api` that identifies it. */
export interface OtelContext {
  getValue(key: symbol): unknown;
}

/** The part of a tracer of `@opentelemetry/api` that the gateway uses. */
export interface OtelTracer {
  startSpan(
    name: string,
    options?: { kind?: number; startTime?: number; attributes?: OtelAttributes },
    context?: OtelContext,
  ): OtelSpan;
}

/** Options of an instrument of `@opentelemetry/api`. */
export interface OtelInstrumentOptions {
  description?: string;
  unit?: string;
  advice?: { explicitBucketBoundaries?: number[] };
}

/** The part of a meter of `@opentelemetry/api` that the gateway uses. */
export interface OtelMeter {
  createHistogram(
    name: string,
    options?: OtelInstrumentOptions,
  ): { record(value: number, attributes?: OtelAttributes, context?: OtelContext): void };
  createCounter(
    name: string,
    options?: OtelInstrumentOptions,
  ): { add(value: number, attributes?: OtelAttributes, context?: OtelContext): void };
}

/** The part of `context` of `@opentelemetry/api` that the gateway uses. */
export interface OtelContextApi {
  active(): OtelContext;
}

/** The part of `propagation` of `@opentelemetry/api` that the gateway uses. */
export interface OtelPropagation {
  extract(
    context: OtelContext,
    carrier: unknown,
    getter?: { get(carrier: Headers, key: string): string | undefined; keys(carrier: Headers): string[] },
  ): OtelContext;
}

/**
 * Where spans and metrics go: objects of `@opentelemetry/api` as they are, such as `trace.getTracer('gateway')`. The gateway itself does
 * not load that package.
 */
export interface GatewayTelemetry {
  /** Makes a span for each call to a model. Default: no spans. */
  tracer?: OtelTracer | undefined;
  /** Makes the instruments for durations and tokens. Default: no metrics. */
  meter?: OtelMeter | undefined;
  /** `context` of the API. Its active context is the parent of spans if the request names none. */
  context?: OtelContextApi | undefined;
  /**
   * `propagation` of the API: reads the parent of a span from the headers of requests, such as `traceparent`, as your
   * propagators do. Clients can then choose the trace that their spans are in. It needs `context`. Default: headers are not read.
   */
  propagation?: OtelPropagation | undefined;
}
