import type { ConverseEvent } from '../types.js';

/**
 * What end users see of an event: all of its members. The model's own words are unchanged; every other text comes from AWS,
 * a document or a tool, so names in it that belong to the account are masked.
 */
export function publicEvent(event: ConverseEvent): object {
  return mapped(event, (part, name) =>
    mapped(part, (value, kind) => (MODELS_OWN.has(`${name}.${kind}`) ? value : masked(value))),
  ) as object;
}

/** Ids of tool uses and results are kept with them, so that results can be matched to uses. */
const MODELS_OWN: ReadonlySet<string> = new Set([
  'delta.text',
  'delta.toolUse',
  'delta.reasoningContent',
  'start.toolUse',
  'start.toolResult',
]);

function masked(value: unknown): unknown {
  return mapped(value, masked);
}

/** A copy with its members changed, names of members masked; a text is masked itself. */
function mapped(value: unknown, change: (member: unknown, name: string) => unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [maskText(name), change(member, name)]),
  );
}

/**
 * Identities: ARNs of IAM and STS, paths of roles and sessions, what they may not do, ids of access keys, and ids of sessions with
 * their names; also ARNs of buckets, whose resource is the bucket, and ARNs in URLs.
 */
const IDENTITY =
  /arn:[\w-]+:(?:iam|sts|s3[\w-]*):[^\s"]+|arn%3[Aa][^\s"&]+|\b(?:assumed-role|federated-user|role)\/[\w+=,.@/-]+|\bnot authorized to perform\b.*|\bA[A-Z]{3}[A-Z0-9]{16}\b(?::[\w+=,.@-]+)?/g;

/** Any other ARN up to its resource, which stays: it tells which model or guardrail was used. */
const ARN = /arn:[\w-]+:[\w-]*:[\w-]*:[\w-]*:/g;

/** Buckets; hosts of AWS and of private networks. Bounded, so that a long text without any takes linear time. */
const PLACE =
  /\bs3[an]?:\/\/[^\s"/]+|\bs3[\w.-]{0,100}\.amazonaws\.[a-z.]+\/[^\s"/]+|\b[\w.-]{1,128}\.(?:amazonaws\.[a-z.]+|api\.aws|internal|local)\b|\b(?:10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)(?:\.\d{1,3}){2,3}\b/gi;

/** An account, 12 digits; longer numbers and UUIDs are skipped. */
const ACCOUNT = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{12,}/gi;

/** What every text to mask contains; most, such as names of members, do not. */
const SUSPECT = /[\d.:/]|authorized|[A-Z]{20}/;

/** A text without what names the account: identities, account ids, ARNs, buckets and internal hosts. */
export function maskText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(IDENTITY, '…')
    .replace(ARN, '')
    .replace(PLACE, '…')
    .replace(ACCOUNT, (found) => (found.length === 12 ? '…' : found));
}
