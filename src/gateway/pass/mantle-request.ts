import { mayChoose, nameTier } from '../aws/service-tier.js';
import type { Body } from '../fields.js';
import type { Notes } from '../notes.js';
import type { GatewaySettings } from '../options.js';
import { acceptAgentItems } from './agent-items.js';

/** Models that accept only the default tier. Sources: openai/codex#25318, BerriAI/litellm#34058, maximhq/bifrost#6532 (2026-05 to 08). */
const ONE_TIER = /^openai\.gpt-[5-9]/;

/**
 * Returns the members of a Responses request that change before bedrock-mantle gets it. Its models exist nowhere else, so a request
 * that it rejects cannot be translated instead.
 */
export function changesForMantle(
  body: Body,
  modelId: string,
  { serviceTiers }: Pick<GatewaySettings, 'serviceTiers'>,
  notes: Notes,
): Body {
  const { store, input, service_tier: tier } = body;
  const changes: Record<string, unknown> = { ...acceptAgentItems(body, notes) };
  // Stored items would belong to the operator, and every client could read them. A client that refers to some has to get an error.
  if (store !== false && !refersToItems(input)) changes['store'] = false;
  if (tier !== undefined && tier !== null && tier !== 'auto' && tier !== 'default') {
    const isAllowed = mayChoose(tier, serviceTiers);
    if (!isAllowed || ONE_TIER.test(modelId)) {
      changes['service_tier'] = 'default';
      notes.add(
        'service_tier',
        isAllowed ? 'not accepted by this model' : `${nameTier(tier)} is not allowed here`,
      );
    }
  }
  return changes;
}

function refersToItems(input: unknown): boolean {
  return (
    Array.isArray(input) &&
    input.some((item) => (Object(item) as { type?: unknown }).type === 'item_reference')
  );
}
