import { isObject } from '../../input/read.js';
import { refuseField } from '../failure.js';
import type { Body } from '../fields.js';
import type { GatewaySettings } from '../options.js';

const HEADER = 'x-amzn-bedrock-service-tier';

/**
 * Checks the service tier that a request to one of Bedrock's own paths chooses: it changes what the operator pays, and in a request
 * that is passed on nothing can be left out.
 *
 * @throws Refusal for one that clients may not choose
 */
export function checkTier(headers: Headers, body: Body, { serviceTiers }: GatewaySettings): void {
  const { serviceTier, service_tier: named } = body;
  const ofBody = isObject(serviceTier) ? serviceTier['type'] : named;
  for (const [where, tier] of [
    [HEADER, headers.get(HEADER)],
    ['serviceTier', ofBody],
  ] as const) {
    if (tier === null || tier === undefined || mayChoose(tier, serviceTiers)) continue;
    throw refuseField(
      where,
      `This gateway allows the service tiers ${serviceTiers.join(', ') || 'of nobody'}. Choose one of them, or none.`,
    );
  }
}

/** Whether clients may choose a tier, by any protocol's name for it. */
export function mayChoose(tier: unknown, serviceTiers: GatewaySettings['serviceTiers']): boolean {
  return USUAL.has(String(tier)) || serviceTiers.some((allowed) => allowed === tier);
}

/** What OpenAI and Anthropic call no choice. */
const USUAL = new Set(['auto', 'standard_only']);
