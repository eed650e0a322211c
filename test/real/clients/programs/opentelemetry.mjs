import { context, propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createBedrock } from 'bedrock-anywhere';
import { createGateway } from 'bedrock-anywhere/gateway';
import { serve } from './serve.mjs';

propagation.setGlobalPropagator(new W3CTraceContextPropagator());

/** Sends requests to a gateway one after the other, and returns the spans and metrics that the SDK exports. */
async function record({ requests, leaveAfterFirstChunk = false }) {
  const spans = new InMemorySpanExporter();
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  // Exports only when it is told to.
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 2 ** 30 });
  const meters = new MeterProvider({ readers: [reader] });
  const gateway = createGateway({
    bedrock: createBedrock({ maxAttempts: 1 }),
    authorize: () => ({ name: 'team-a' }),
    telemetry: {
      tracer: tracers.getTracer('gateway'),
      meter: meters.getMeter('gateway'),
      context,
      propagation,
    },
    forwardHeaders: ['x-local-fault'],
  });
  const statuses = [];
  for (const { path = '/v1/chat/completions', body, headers } of requests) {
    const response = await gateway.fetch(
      new Request(`http://gateway.test${path}`, { method: 'POST', body: JSON.stringify(body), headers }),
    );
    statuses.push(response.status);
    if (!leaveAfterFirstChunk) await response.text();
    else {
      const reading = response.body.getReader();
      await reading.read();
      await reading.cancel();
    }
  }
  await gateway.close();
  await tracers.forceFlush();
  await meters.forceFlush();
  const exported = metrics.getMetrics().at(-1)?.scopeMetrics ?? [];
  await meters.shutdown();
  return {
    statuses,
    spans: spans.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: SpanKind[span.kind],
      status: SpanStatusCode[span.status.code],
      message: span.status.message,
      attributes: span.attributes,
      traceId: span.spanContext().traceId,
      parentId: span.parentSpanContext?.spanId,
      hasEnded: span.ended,
    })),
    metrics: exported.flatMap((scope) =>
      scope.metrics.map(({ descriptor, dataPoints }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        points: dataPoints.map(({ attributes, value }) => ({
          attributes,
          value: typeof value === 'number' ? value : undefined,
          count: value.count,
          sum: value.sum,
          boundaries: value.buckets?.boundaries,
        })),
      })),
    ),
  };
}

await serve({ record });
