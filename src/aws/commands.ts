import type { TransportCall } from '../options.js';

/** A command of the AWS SDK, as far as a transport goes into it. */
export interface Command {
  readonly middlewareStack: {
    add(
      middleware: Middleware,
      options: { step: 'build' | 'deserialize'; name: string; priority?: 'low' },
    ): void;
  };
}

/** A middleware of one command. */
export type Middleware = (next: Handler) => Handler;
type Handler = (args: { request: unknown }) => Promise<{ response: unknown }>;

/** The AWS SDK's command for a call, and the service that it is of. Its packages are loaded when they are first needed. */
export async function commandOf(
  call: TransportCall,
): Promise<{ service: 'bedrock' | 'bedrock-runtime'; command: Command }> {
  const { operation, input } = call;
  switch (operation) {
    case 'Converse':
    case 'ConverseStream':
    case 'CountTokens': {
      const commands = await import('@aws-sdk/client-bedrock-runtime');
      return { service: 'bedrock-runtime', command: made(commands[`${operation}Command`], input) };
    }
    case 'ListFoundationModels':
    case 'ListInferenceProfiles':
    case 'GetFoundationModelAvailability': {
      const commands = await import('@aws-sdk/client-bedrock');
      return { service: 'bedrock', command: made(commands[`${operation}Command`], controlInput(call)) };
    }
    default:
      throw new Error(`The AWS transport does not know the operation ${operation}.`);
  }
}

/** Commands check their input when they are sent; the types of all of them together let nothing in. */
function made(Class: new (input: never) => unknown, input: object | undefined): Command {
  return new Class(input as never) as Command;
}

/** Calls of the control plane have no body: their input is what the path and the query say. */
function controlInput({ operation, modelId, query }: TransportCall): object {
  if (operation === 'GetFoundationModelAvailability') return { modelId };
  if (operation === 'ListFoundationModels') return {};
  const given = new URLSearchParams(query);
  return {
    maxResults: Number(given.get('maxResults')),
    typeEquals: given.get('type'),
    nextToken: given.get('nextToken') ?? undefined,
  };
}
