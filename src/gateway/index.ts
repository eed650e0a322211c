export type { Authorize, AuthorizeDetails, Caller } from './auth/authorize.js';
export { fromKeys, type GatewayKey, hashKey } from './auth/from-keys.js';
export type { BedrockPaths } from './aws/bedrock-paths.js';
export type { BudgetLimits, Budgets, GatewayBudgets, StoreFailure } from './budgets/limits.js';
export { type BudgetSnapshot, createMemoryBudgets, type MemoryBudgets } from './budgets/memory.js';
export { fromRateLimiters, type RateLimiter, type RateLimiterSettings } from './budgets/rate-limiters.js';
export type {
  BudgetDecision,
  BudgetEntry,
  BudgetReservation,
  BudgetState,
  BudgetStore,
} from './budgets/store.js';
export type { FetchImage } from './conversation/media/images.js';
export type { FailureKind } from './failure.js';
export { createGateway, type FetchDetails, type Gateway } from './gateway.js';
export type { StartTimer } from './http/timers.js';
export type { GatewayLogEntry } from './log.js';
export type { GatewayModels } from './models/models.js';
export type { GatewayLimits, GatewayOptions, GatewayRouting, ServiceTier } from './options.js';
export type { TriedTarget } from './routing/failover.js';
export type { GatewayTarget, GatewayTargets } from './routing/target.js';
export type { ServeBudgets, ServeClient, ServeConfiguration } from './serve-configuration.js';
export type {
  GatewayTelemetry,
  OtelAttributes,
  OtelContext,
  OtelContextApi,
  OtelInstrumentOptions,
  OtelMeter,
  OtelPropagation,
  OtelSpan,
  OtelTracer,
} from './telemetry/opentelemetry.js';
export type { GatewayUsage } from './usage.js';
