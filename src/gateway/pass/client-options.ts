import { optionsOfClient } from '../../client.js';
import { settingsError } from '../../errors.js';
import { type Bedrock, type CostFacts, priceOf, type Usage } from '../../index.js';
import type { ClientOptions } from '../../options.js';
import type { ExchangeRecord } from '../exchange/exchange.js';

/**
 * The options of a client.
 *
 * @throws BedrockError for an object that only has its methods: nobody knows how it sends, or which guardrail it has
 */
export function requireClientOptions(bedrock: Bedrock): ClientOptions {
  try {
    return optionsOfClient(bedrock, 'createGateway()');
  } catch {
    throw settingsError(
      "Requests to Bedrock's own paths need a client from createBedrock(), and this one is another object. Pass one, or close the paths with bedrockPaths: false.",
    );
  }
}

/** A guardrail that Bedrock will apply. */
export interface Guardrail {
  guardrailIdentifier: string;
  guardrailVersion: string;
  trace?: string | undefined;
  streamProcessingMode?: string | undefined;
}

/**
 * The guardrail of a client; undefined if it has none.
 *
 * @throws BedrockError for half of one: no call may run without it because of a mistake
 */
export function guardrailOf({ guardrailConfig }: ClientOptions): Guardrail | undefined {
  if (!guardrailConfig) return undefined;
  const { guardrailIdentifier, guardrailVersion } = guardrailConfig;
  if (guardrailIdentifier && guardrailVersion)
    return { ...guardrailConfig, guardrailIdentifier, guardrailVersion };
  throw settingsError(
    'The guardrailConfig of the gateway needs both guardrailIdentifier (an id or a full ARN) and guardrailVersion.',
  );
}

/** The tokens of a passed answer and what they cost, for the log. */
export function chargeFor(
  usage: Usage | undefined,
  call: CostFacts & { modelId: string },
  { catalog }: ClientOptions,
): ExchangeRecord['partial'] {
  if (usage === undefined) return undefined;
  try {
    return { usage, cost: priceOf(usage, catalog?.(call.modelId)?.price, call) };
  } catch {
    // The answer has arrived, whatever the operator's catalog says of its price.
    return { usage, cost: undefined };
  }
}
