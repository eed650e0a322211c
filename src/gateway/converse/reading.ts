import { mayChoose } from '../aws/service-tier.js';
import { type Composed, composeRequest, factsOf } from '../conversation/compose.js';
import { Images } from '../conversation/media/images.js';
import { estimateTokens } from '../conversation/room.js';
import { ToolNames } from '../conversation/tool-names.js';
import { findTargets, reserve, startFailover } from '../exchange/call.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Body } from '../fields.js';
import { Notes } from '../notes.js';
import type { GatewaySettings, ServiceTier } from '../options.js';
import type { ReadRequest } from '../protocol.js';
import type { Failover } from '../routing/failover.js';
import type { Target } from '../routing/target.js';

/** A request as its protocol reads it, before it is known which model answers. */
export interface Reading {
  read: ReadRequest;
  names: ToolNames;
  notes: Notes;
  failover: Failover;
}

/** A request in the form that one model accepts. */
interface Translated extends Composed {
  notes: Notes;
}

/**
 * Reads a request, finds its targets, and fetches its images.
 *
 * @throws Refusal for what cannot be translated
 */
export async function readRequest(exchange: Exchange, body: Body): Promise<Reading> {
  const { settings, protocol, request, run, record } = exchange;
  const notes = new Notes();
  const names = new ToolNames();
  const images = new Images();
  const read = protocol.read(body, { headers: request.headers, names, images, notes });
  record.isStream = read.isStream;
  const targets = await findTargets(exchange, read.draft.modelId);
  await images.load(settings.fetchImage, run);
  run.signal.throwIfAborted();
  return { read, names, notes, failover: startFailover(exchange, targets) };
}

/** Translates a request for one of its targets. */
export function translate(
  { settings, record }: Exchange,
  { read, names, notes: general }: Reading,
  { modelId }: Target,
): Translated {
  const notes = new Notes(general);
  const facts = factsOf(modelId, settings.quirks?.(modelId));
  record.modelId = modelId;
  const serviceTier = allowedTier(read.draft.serviceTier, settings, notes);
  const composed = composeRequest({ ...read.draft, modelId, serviceTier }, facts, names, notes);
  record.notes = notes.list();
  return { ...composed, notes };
}

/** The tier that a client asked for, unless it may not choose that one: it changes what the operator pays. */
function allowedTier(
  tier: ServiceTier | undefined,
  { serviceTiers }: GatewaySettings,
  notes: Notes,
): ServiceTier | undefined {
  if (tier === undefined || mayChoose(tier, serviceTiers)) return tier;
  notes.add('service_tier', `${tier} is not allowed here`);
  return undefined;
}

/** Reserves what an answer to a translated request may use. */
export async function reserveAnswer(
  exchange: Exchange,
  { inferenceConfig, system, messages, toolConfig, serviceTier }: Composed['request'],
): Promise<void> {
  await reserve(exchange, {
    countInput: () => estimateTokens({ system, messages, toolConfig }),
    outputTokens: inferenceConfig?.maxTokens,
    tier: { serviceTier },
  });
}
