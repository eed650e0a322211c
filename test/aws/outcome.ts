import {
  type BedrockRuntimeClient,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { eventStreamSerdeProvider } from '../../src/aws/event-stream.js';
import { isBedrockError } from '../../src/errors.js';
import { awsClient, type GivenAnswer } from '../wire/aws-client.js';

/** What came of reading a stream with the AWS client. */
export interface Outcome {
  events: unknown[];
  /** What was thrown: its class and all that it carries. */
  error: unknown;
}

export type Operation = 'ConverseStream' | 'InvokeModelWithResponseStream';

// To make a client takes longer than to read a stream: these two are made once, and given one answer after the other.
const given: GivenAnswer = {};
const stockClient = awsClient(given).client;
const ourClient = awsClient(given, { eventStreamSerdeProvider }).client;

/** The same answer as the AWS client reads it, as it is and with our decoder. */
export async function readBoth(
  answer: () => GivenAnswer,
  operation?: Operation,
): Promise<{ stock: Outcome; ours: Outcome }> {
  Object.assign(given, answer());
  const stock = await read(stockClient, operation);
  return { stock, ours: await readOurs(answer(), operation) };
}

/** An answer as the AWS client reads it with our decoder. */
export function readOurs(answer: GivenAnswer, operation?: Operation): Promise<Outcome> {
  Object.assign(given, answer);
  return read(ourClient, operation);
}

/** Everything that the client gives for a call, and what it throws in the end. */
export async function read(
  client: BedrockRuntimeClient,
  operation: Operation = 'ConverseStream',
): Promise<Outcome> {
  const events: unknown[] = [];
  try {
    for await (const event of await open(client, operation)) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

async function open(
  client: BedrockRuntimeClient,
  operation: Operation,
): Promise<AsyncIterable<unknown> | undefined[]> {
  if (operation === 'ConverseStream') {
    const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
    return (
      (await client.send(new ConverseStreamCommand({ modelId: 'amazon.nova-lite-v1:0', messages }))).stream ??
      []
    );
  }
  const command = new InvokeModelWithResponseStreamCommand({ modelId: 'amazon.nova-lite-v1:0', body: '{}' });
  return (await client.send(command)).body ?? [];
}

/** An error as something to compare: its class and everything that it carries. */
export function described(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const {
    $response: _differs,
    stack: _also,
    ...carried
  } = Object.getOwnPropertyDescriptors(error) as Record<string, PropertyDescriptor>;
  const members = Object.entries(carried).map(([name, { value }]) => [name, value] as const);
  return { class: error.constructor, name: error.name, ...Object.fromEntries(members) };
}

/** The code of an error of ours; of another one that it is not ours. */
export function codeOf(error: unknown): string {
  return isBedrockError(error) ? error.code : `not ours: ${String(error)}`;
}
