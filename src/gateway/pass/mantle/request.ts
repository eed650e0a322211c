import type { SpokenProtocol } from '../../../catalog/protocols.js';
import { isObject } from '../../../input/read.js';
import { mayChoose, nameTier } from '../../aws/service-tier.js';
import type { Body } from '../../fields.js';
import type { Notes } from '../../notes.js';
import type { GatewaySettings } from '../../options.js';
import { asksForUsage } from '../meaning.js';
import { acceptAgentItems } from './agent-items.js';
import { addToAll, findNamespaces } from './namespaces.js';

/** Models that accept only the default tier. Sources: openai/codex#25318, BerriAI/litellm#34058, maximhq/bifrost#6532 (2026-05 to 08). */
const ONE_TIER = /^openai\.gpt-[5-9]/;

/**
 * Returns the members of a request that have to change for bedrock-mantle. The model exists nowhere else, so the request cannot be
 * translated instead if bedrock-mantle would reject it or not report its usage.
 */
export function changesForMantle(
  protocol: SpokenProtocol,
  body: Body,
  modelId: string,
  { serviceTiers }: Pick<GatewaySettings, 'serviceTiers'>,
  notes: Notes,
): Body {
  if (protocol === 'messages') return {};
  const changes = protocol === 'chat' ? changesOfChat(body, notes) : changesOfResponses(body, notes);
  const { service_tier: tier } = body;
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

function changesOfResponses(body: Body, notes: Notes): Record<string, unknown> {
  const { store, input } = body;
  // Stored items would belong to the operator, and every client could read them. A client that refers to stored items has to get an error.
  const isStored = store !== false && !refersToItems(input);
  const changes = { ...acceptAgentItems(body, notes), ...(isStored && { store: false }) };
  const changed: Body = { ...body, ...changes };
  const { input: items } = changed;
  if (!Array.isArray(items)) return changes;
  // Some clients drop the namespace when they send a call back, and newer GPT models reject such a history.
  const named = addToAll(items, findNamespaces(changed));
  return named === items ? changes : { ...changes, input: named };
}

function changesOfChat(body: Body, notes: Notes): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  if (body['store'] === true) {
    changes['store'] = false;
    notes.add('store', 'ignored');
  }
  const options = body['stream_options'] ?? {};
  if (body['stream'] === true && !asksForUsage(body) && isObject(options))
    changes['stream_options'] = { ...options, include_usage: true };
  return changes;
}

function refersToItems(input: unknown): boolean {
  return (
    Array.isArray(input) &&
    input.some((item) => (Object(item) as { type?: unknown }).type === 'item_reference')
  );
}
