import type { Caller } from '../auth/authorize.js';
import type { RequestBudget } from '../budgets/request-budget.js';
import type { EndedCall } from '../budgets/use.js';
import type { Run } from '../http/running.js';
import type { ModelDirectory } from '../models/models.js';
import type { GatewaySettings } from '../options.js';
import type { Protocol } from '../protocol.js';
import type { Routing, TriedTarget } from '../routing/failover.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** A request to a model, and what its answer needs. */
export interface Exchange {
  settings: GatewaySettings;
  directory: ModelDirectory;
  routing: Routing;
  telemetry: Telemetry;
  protocol: Protocol;
  request: Request;
  requestId: string;
  caller: Caller;
  run: Run;
  /** Limits of the caller. Reserve before each call of a model; the rest is done for all routes. */
  budget: RequestBudget;
  /** What the log entry will say; it is filled in as things become known. */
  record: ExchangeRecord;
  /** Call it when the answer is over. */
  onEnd(outcome: { error: unknown } | 'complete' | 'client-gone'): void;
}

/** An exchange in which a request is passed on as it is: no protocol translates it. */
export type Passed<Whole extends Exchange> = Omit<Whole, 'protocol'>;

/** What becomes known about a request on its way. */
export interface ExchangeRecord {
  model: string | undefined;
  modelId: string | undefined;
  userHash: string | undefined;
  isStream: boolean;
  notes: readonly string[];
  targets: readonly TriedTarget[];
  partial: EndedCall['partial'];
}
