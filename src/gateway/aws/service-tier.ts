import type { CostFacts } from '../../index.js';
import { isObject } from '../../input/read.js';
import { refuseField } from '../failure.js';
import { type Body, cutName } from '../fields.js';
import type { GatewaySettings } from '../options.js';

/** The service tier and latency that a request asks for, which change the price of its tokens. */
export type AskedTier = Pick<CostFacts, 'serviceTier' | 'performanceConfig'>;

const HEADER = 'x-amzn-bedrock-service-tier';
const LATENCY_HEADER = 'x-amzn-bedrock-performanceconfig-latency';

/** What a request gets if it names no tier, in any protocol: `default`, or a value that leaves the choice to the service. */
const USUAL: ReadonlySet<unknown> = new Set(['default', 'auto', 'standard_only']);

/**
 * Checks the service tier that a request to one of Bedrock's own paths chooses: it changes what the operator pays, and in a request
 * that is passed on nothing can be left out.
 *
 * @throws Refusal for one that clients may not choose
 */
export function checkTier(headers: Headers, body: Body, { serviceTiers }: GatewaySettings): void {
  for (const [where, tier] of findTiers(headers, body)) {
    if (mayChoose(tier, serviceTiers)) continue;
    throw refuseField(
      where,
      `This gateway allows the service tiers ${[...new Set(['default', ...serviceTiers])].join(', ')}. Choose one of them, or none.`,
    );
  }
}

/** Whether clients may choose a tier, by any protocol's name for it. The default one costs the same as choosing none. */
export function mayChoose(tier: unknown, serviceTiers: GatewaySettings['serviceTiers']): boolean {
  return USUAL.has(tier) || serviceTiers.some((allowed) => allowed === tier);
}

/**
 * Reads the tier and latency of a request that is passed on, in the format of any protocol. If it names several tiers, the most
 * expensive counts, because the path decides which of them Bedrock reads.
 */
export function readAskedTier(headers: Headers, body: Body): AskedTier {
  const named = findTiers(headers, body).map(([, tier]) => (USUAL.has(tier) ? 'default' : nameTier(tier)));
  // Anthropic's `speed` has its own price, which is unknown on Bedrock.
  if (typeof body['speed'] === 'string' && body['speed'] !== 'standard') named.push(body['speed']);
  const dearest =
    named.find((tier) => tier !== 'default' && tier !== 'flex') ??
    (named.includes('default') ? 'default' : named[0]);
  const { performanceConfig } = body;
  const latencies = [
    headers.get(LATENCY_HEADER),
    isObject(performanceConfig) ? performanceConfig['latency'] : undefined,
  ];
  return {
    ...(dearest !== undefined && { serviceTier: { type: dearest as 'default' } }),
    ...(latencies.includes('optimized') && { performanceConfig: { latency: 'optimized' } }),
  };
}

/** Writes a tier for a message. Clients may send any JSON as a tier. */
export function nameTier(tier: unknown): string {
  return typeof tier === 'string' ? cutName(tier) : typeof tier;
}

/** Finds the tiers that a request names, and where it names them. */
function findTiers(headers: Headers, body: Body): (readonly [where: string, tier: unknown])[] {
  const { serviceTier, service_tier: named, additionalModelRequestFields: more } = body;
  const all = [
    [HEADER, headers.get(HEADER)],
    ['serviceTier', isObject(serviceTier) ? serviceTier['type'] : undefined],
    ['service_tier', named],
    ['additionalModelRequestFields.service_tier', isObject(more) ? more['service_tier'] : undefined],
  ] as const;
  return all.filter(([, tier]) => tier !== null && tier !== undefined);
}
