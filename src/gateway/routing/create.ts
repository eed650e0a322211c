import type { GatewaySettings } from '../options.js';
import { CoolDowns } from './cool-downs.js';
import type { Routing } from './failover.js';

/** What all requests of a gateway share about targets. */
export function createRouting({ bedrock, clients, routing, startTimer, now }: GatewaySettings): Routing {
  const { throttledMs, quotaMs, unavailableMs, misconfiguredMs, deadlineMs } = routing;
  const usual = {
    throttled: throttledMs,
    quota: quotaMs,
    unavailable: unavailableMs,
    misconfigured: misconfiguredMs,
  };
  return {
    clients: new Map([...Object.entries(clients), ['', bedrock]]),
    coolDowns: new CoolDowns(usual, now),
    deadlineMs,
    startTimer,
  };
}
