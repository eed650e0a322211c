import type { GatewayTelemetry, OtelAttributes, OtelContext } from 'bedrock-anywhere/gateway';

/** A span as it was recorded. */
interface RecordedSpan {
  name: string;
  kind: number | undefined;
  ms: number;
  attributes: OtelAttributes;
  status: number | undefined;
  parent: OtelContext | undefined;
}

/** A value of an instrument as it was recorded. */
interface RecordedValue {
  name: string;
  value: number;
  attributes: OtelAttributes | undefined;
}

/** Takes the place of an SDK of OpenTelemetry. The real one is used in test/real/clients/opentelemetry.test.ts. */
export function createRecorder() {
  const spans: RecordedSpan[] = [];
  const values: RecordedValue[] = [];
  const tracer: GatewayTelemetry['tracer'] = {
    startSpan(name, { kind, startTime = 0, attributes = {} } = {}, parent) {
      const span: RecordedSpan = {
        name,
        kind,
        ms: Number.NaN,
        attributes: { ...attributes },
        status: undefined,
        parent,
      };
      return {
        setAttributes: (more) => Object.assign(span.attributes, more),
        setStatus: ({ code }) => {
          span.status = code;
        },
        updateName: (other) => {
          span.name = other;
        },
        end: (endTime = Number.NaN) => {
          span.ms = endTime - startTime;
          spans.push(span);
        },
      };
    },
  };
  const note = (name: string) => (value: number, attributes?: OtelAttributes) => {
    values.push({ name, value, attributes });
  };
  const meter: GatewayTelemetry['meter'] = {
    createHistogram: (name) => ({ record: note(name) }),
    createCounter: (name) => ({ add: note(name) }),
  };
  return { spans, values, tracer, meter };
}
