import type { TransportCall } from '../options.js';
import { withBytes } from './wire-bytes.js';

/** A command of the AWS SDK, as far as the transport uses it. */
export interface Command {
  readonly middlewareStack: {
    add(
      middleware: Middleware,
      options: { step: 'build' | 'deserialize'; name: string; priority?: 'low' },
    ): void;
  };
}

/** A middleware of one command. */
export type Middleware = (next: Handler, context: Record<string, unknown>) => Handler;
type Handler = (args: { request: unknown }) => Promise<{ response: unknown }>;

/** Creates the AWS SDK's command for a call, and names its service. The SDK's packages are loaded when they are first needed. */
export async function createCommand(
  call: TransportCall,
): Promise<{ service: 'bedrock' | 'bedrock-runtime'; command: Command }> {
  const { operation, input } = call;
  switch (operation) {
    case 'Converse':
    case 'ConverseStream':
    case 'CountTokens':
    case 'ApplyGuardrail':
    case 'InvokeGuardrailChecks': {
      const commands = await import('@aws-sdk/client-bedrock-runtime');
      return {
        service: 'bedrock-runtime',
        command: construct(commands[`${operation}Command`], withBytes(input)),
      };
    }
    case 'InvokeModel':
    case 'InvokeModelWithResponseStream': {
      const commands = await import('@aws-sdk/client-bedrock-runtime');
      return { service: 'bedrock-runtime', command: construct(commands[`${operation}Command`], input) };
    }
    case 'ListFoundationModels':
    case 'ListInferenceProfiles':
    case 'GetInferenceProfile':
    case 'GetFoundationModelAvailability': {
      const commands = await import('@aws-sdk/client-bedrock');
      return {
        service: 'bedrock',
        command: construct(commands[`${operation}Command`], readControlInput(call)),
      };
    }
    default:
      throw new Error(`The AWS transport does not know the operation ${operation}.`);
  }
}

/** The cast is needed because the types of all commands together accept no input. Commands check it when they are sent. */
function construct(Class: new (input: never) => unknown, input: object | undefined): Command {
  return new Class(input as never) as Command;
}

/** Reads the input of a control-plane call from its path and query: these calls have no body. */
function readControlInput({ operation, modelId, query }: TransportCall): object {
  if (operation === 'GetFoundationModelAvailability') return { modelId };
  if (operation === 'GetInferenceProfile') return { inferenceProfileIdentifier: modelId };
  if (operation === 'ListFoundationModels') return {};
  const given = new URLSearchParams(query);
  return {
    maxResults: Number(given.get('maxResults')),
    typeEquals: given.get('type'),
    nextToken: given.get('nextToken') ?? undefined,
  };
}
