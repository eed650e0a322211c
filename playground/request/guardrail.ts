/** The version of a guardrail that can still be edited. */
export const GUARDRAIL_VERSION = 'DRAFT';

/** The guardrail of a local Bedrock. Source: src/local/model/guardrail.ts. */
export const LOCAL_GUARDRAIL = 'localguardrail';

/** A guardrail for `guardrailConfig`, with its trace; undefined if none is chosen. */
export function guardrailConfig({
  guardrailId,
  guardrailVersion,
}: {
  guardrailId: string;
  guardrailVersion: string;
}) {
  if (guardrailId.trim() === '') return undefined;
  return {
    guardrailIdentifier: guardrailId.trim(),
    guardrailVersion: guardrailVersion.trim() || GUARDRAIL_VERSION,
    trace: 'enabled' as const,
  };
}

/** One finding of a guardrail, in words. */
export interface Finding {
  policy: string;
  what: string;
  action: string;
}

/** Names of the lists of findings, in AWS's assessments. */
const LISTS: Readonly<Record<string, string>> = {
  topics: 'Topic',
  filters: 'Content',
  customWords: 'Word',
  managedWordLists: 'Word list',
  piiEntities: 'Personal data',
  regexes: 'Pattern',
};

/** The findings in a trace, wherever in it they are: its assessments differ for input and output. */
export function findingsIn(trace: unknown): Finding[] {
  const found: Finding[] = [];
  const seek = (value: unknown, depth: number): void => {
    if (depth > 8 || typeof value !== 'object' || value === null || found.length >= 50) return;
    for (const [name, member] of Object.entries(value)) {
      const policy = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
      if (policy === undefined || !Array.isArray(member)) seek(member, depth + 1);
      else for (const one of member) found.push(describe(policy, Object(one) as Record<string, unknown>));
    }
  };
  seek(trace, 0);
  return found;
}

function describe(policy: string, one: Record<string, unknown>): Finding {
  const what = one['match'] ?? one['name'] ?? one['type'] ?? '';
  return { policy, what: String(what), action: String(one['action'] ?? '').toLowerCase() };
}
