import { BedrockError, type BedrockErrorCode, type EventReader, type Transport } from 'bedrock-anywhere';

/** How one call to a target ends: with an answer, or with an error. */
export type Outcome = 'ok' | Failing;

interface Failing {
  code: BedrockErrorCode;
  message?: string;
  retryAfterMs?: number;
  /** How many events of a stream come before. */
  afterEvents?: number;
  /** What the error waits for. */
  when?: Promise<unknown>;
}

/** A transport whose calls end as the outcomes say, in turn; after the last one all are answered. It replaces only the network. */
export function scripted(transport: Transport, outcomes: Outcome[]): Transport & { calls: string[] } {
  const calls: string[] = [];
  const next = async (operation: string): Promise<Outcome> => {
    calls.push(operation);
    const outcome = outcomes.shift() ?? 'ok';
    if (outcome !== 'ok') await outcome.when;
    return outcome;
  };
  return {
    ...transport,
    calls,
    async unary(call) {
      const outcome = await next(call.operation);
      if (outcome !== 'ok') throw errorOf(outcome);
      return transport.unary(call);
    },
    async bytes(call) {
      const outcome = await next(call.operation);
      if (outcome !== 'ok') throw errorOf(outcome);
      return (transport.bytes as NonNullable<Transport['bytes']>)(call);
    },
    async stream(call) {
      const outcome = await next(call.operation);
      if (outcome === 'ok') return transport.stream(call);
      if (outcome.afterEvents === undefined) throw errorOf(outcome);
      return breakOff(await transport.stream(call), outcome.afterEvents, errorOf(outcome));
    },
  };
}

function errorOf({ code, retryAfterMs, message = `It ended with ${code}.` }: Failing): BedrockError {
  return new BedrockError({ code, message, name: code, retryAfterMs, phase: 'request' });
}

/** An answer that fails after some events. */
function breakOff<E>(reader: EventReader<E>, afterEvents: number, error: BedrockError): EventReader<E> {
  let taken = 0;
  return {
    take() {
      if (taken === afterEvents) return undefined;
      const event = reader.take();
      if (event !== undefined) taken++;
      return event;
    },
    async more() {
      if (taken === afterEvents) throw error;
      return reader.more();
    },
    close: () => reader.close(),
    requestId: reader.requestId,
  };
}
