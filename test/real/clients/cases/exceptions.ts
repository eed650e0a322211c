import { expect } from 'vitest';
import { environmentOf, SONNET, startBedrock } from '../bedrock.js';
import type { Failure } from '../client.js';
import type { DefineCase, Running } from '../suite.js';
import type { Streamed } from './answers.js';

/** The exceptions of Converse. Source: API reference of Amazon Bedrock Runtime, "Converse", 2026-11-29. */
const OF_REQUESTS = [
  'AccessDeniedException',
  'InternalServerException',
  'ModelErrorException',
  'ModelNotReadyException',
  'ModelTimeoutException',
  'ResourceNotFoundException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'ValidationException',
];

/** The exceptions in the stream of ConverseStream, which start with a small letter there. */
const OF_STREAMS = [
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
];

/** How AWS's own clients name exceptions. */
export function testExceptions(client: Running, define: DefineCase): void {
  for (const name of OF_REQUESTS) {
    define('answer', `knows ${name} as a response`, async () => {
      const message = `This is ${name}.`;
      const bedrock = await startBedrock({ script: [{ error: { name, message } }] });
      // Their retries are tested elsewhere.
      const env = { ...environmentOf(bedrock), AWS_MAX_ATTEMPTS: '1' };
      const failure = await client().fail('answer', env, { model: SONNET, prompt: 'Hello' });
      expect(nameOf(failure)).toBe(name);
      expect(failure.message).toContain(message);
    });
  }

  for (const name of OF_STREAMS) {
    define('stream', `knows ${name} in a stream`, async () => {
      const error = { name, message: `This is ${name}.`, afterEvents: 4 };
      const bedrock = await startBedrock({ script: [{ text: 'word '.repeat(100), error }] });
      const input = { model: SONNET, prompt: 'Hello' };
      const { texts, failure } = await client().run<Streamed & { failure: Failure }>(
        'stream',
        environmentOf(bedrock),
        input,
      );
      expect(texts.join('')).toMatch(/^word /);
      expect(nameOf(failure).toLowerCase()).toBe(name.toLowerCase());
      expect(failure.message).toContain(error.message);
    });
  }
}

/** botocore puts the name into the message: `An error occurred (ThrottlingException) when …`. */
function nameOf({ name, message }: Failure): string {
  return /^An error occurred \((\w+)\)/.exec(message)?.[1] ?? name ?? '';
}
