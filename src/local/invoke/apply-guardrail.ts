import { type Json, readShape, type Shape, type ValueOf } from '../check/shape.js';
import { assessTexts, findGuardrail, type LocalGuardrail } from '../model/guardrail.js';

/** Source: botocore 1.43.67, bedrock-runtime, ApplyGuardrailRequest, 2026-08. */
const APPLY = {
  kind: 'struct',
  required: ['source', 'content'],
  members: {
    source: { kind: 'string', values: ['INPUT', 'OUTPUT'] },
    content: {
      kind: 'list',
      of: {
        kind: 'struct',
        required: [],
        members: {
          text: {
            kind: 'struct',
            required: ['text'],
            members: {
              text: { kind: 'string' },
              qualifiers: {
                kind: 'list',
                of: { kind: 'string', values: ['grounding_source', 'query', 'guard_content'] },
              },
            },
          },
          image: {
            kind: 'struct',
            required: ['format', 'source'],
            members: { format: { kind: 'string', values: ['png', 'jpeg'] }, source: { kind: 'any' } },
          },
        },
      },
    },
    outputScope: { kind: 'string', values: ['INTERVENTIONS', 'FULL'] },
  },
} as const satisfies Shape;

/** The parts of a call's path. */
export interface GuardrailTarget {
  guardrailIdentifier: string;
  guardrailVersion: string;
}

/** Splits the part of the path between `/guardrail/` and `/apply`. */
export function readGuardrailPath(id: string): GuardrailTarget {
  const [, guardrailIdentifier = id, guardrailVersion = ''] = /^(.*)\/version\/([^/]*)$/s.exec(id) ?? [];
  return { guardrailIdentifier, guardrailVersion };
}

/** ApplyGuardrail, with the members and nulls of recorded answers. */
export function applyGuardrail(
  guardrails: readonly LocalGuardrail[],
  target: GuardrailTarget,
  json: unknown,
  arnOf: (id: string) => string,
): object {
  const { content, outputScope } = readShape(json, APPLY) as ValueOf<typeof APPLY>;
  const guardrail = findGuardrail(guardrails, target);
  const texts = content.flatMap(({ text }) => text?.text ?? []);
  const found = assessTexts(guardrail, texts, outputScope === 'FULL');
  const { usage, guardrailCoverage } = found.json['invocationMetrics'] as Json;
  const intervened = found.matches.length > 0;
  const outputs = intervened ? [{ text: guardrail.blockedMessage }] : [];
  const assessment = {
    appliedGuardrailDetails: {
      guardrailArn: arnOf(guardrail.id),
      guardrailId: guardrail.id,
      guardrailOrigin: ['REQUEST'],
      guardrailOwnership: 'SELF',
      guardrailVersion: target.guardrailVersion,
    },
    automatedReasoningPolicy: null,
    contentPolicy: null,
    contextualGroundingPolicy: null,
    sensitiveInformationPolicy: null,
    topicPolicy: null,
    wordPolicy: null,
    ...found.json,
  };
  return {
    action: intervened ? 'GUARDRAIL_INTERVENED' : 'NONE',
    actionReason: intervened ? 'Guardrail blocked.' : 'No action.',
    assessments: [assessment],
    blockedResponse: null,
    guardrailCoverage,
    output: outputs,
    outputs,
    usage,
  };
}

/** ListGuardrails: one page. */
export function listGuardrails(guardrails: readonly LocalGuardrail[], arnOf: (id: string) => string): object {
  const at = '2025-10-01T00:00:00Z';
  return {
    guardrails: guardrails.map(({ id }) => ({
      id,
      arn: arnOf(id),
      status: 'READY',
      name: id,
      version: 'DRAFT',
      createdAt: at,
      updatedAt: at,
    })),
  };
}
