import type {
  ApplyGuardrailResponse,
  ApplyGuardrailRequest as AwsRequest,
  GuardrailContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { type CallerOptions, readCallerOptions } from '../client.js';
import { requireGuardrail } from '../converse/guardrail.js';
import { percentEncode } from '../encoding.js';
import { bytes } from '../input/bytes.js';
import { any, type Path, type Read, readWhole, refuse, text } from '../input/read.js';
import { block, list, struct, union } from '../input/shape.js';
import { resolveRoute } from '../transport/route.js';
import { callUnary, wrongAnswerError } from '../transport/unary.js';
import { encodeJson } from '../wire/request.js';

/** A request of `applyGuardrail()`: AWS's, but a text may be a string. */
export interface ApplyGuardrailRequest
  extends Omit<AwsRequest, 'guardrailIdentifier' | 'guardrailVersion' | 'content'> {
  /** Id or ARN. Default: that of the client's `guardrailConfig`. */
  guardrailIdentifier?: string | undefined;
  /** A number, or `DRAFT`. Default: that of the client's `guardrailConfig`. */
  guardrailVersion?: string | undefined;
  /** What is checked: texts, as strings or blocks, and images. */
  content: string | readonly (string | GuardrailContentBlock)[];
}

/** The answer to `applyGuardrail()`: AWS's, and whether the guardrail intervened. */
export interface ApplyGuardrailResult extends Omit<ApplyGuardrailResponse, '$metadata'> {
  /** True if the guardrail blocked or masked something. */
  intervened: boolean;
  /** The text to use instead; the checked texts themselves if the guardrail did not intervene. */
  text: string;
  requestId: string | undefined;
  /** How many requests were sent. */
  attempts: number;
  /** Errors that hooks threw, as sentences. */
  warnings: string[];
}

const source: Read = (value, path) =>
  value === 'INPUT' || value === 'OUTPUT'
    ? value
    : refuse(path, value, "'INPUT' for what a user wrote, 'OUTPUT' for what a model wrote", true);

const contentBlock = /* @__PURE__ */ union({
  text: /* @__PURE__ */ struct({ text, qualifiers: any }, 'text'),
  image: /* @__PURE__ */ struct({ format: text, source: /* @__PURE__ */ union({ bytes }) }, 'format source'),
});
const oneBlock = /* @__PURE__ */ block(contentBlock);
const toBlock: Read = (value, path) =>
  oneBlock(typeof value === 'string' ? { text: { text: value } } : value, path);
const content: Read = (value, path) => contentList(typeof value === 'string' ? [value] : value, path);
const contentList = /* @__PURE__ */ list(toBlock, 'a text, or a list of texts and blocks');

const readMembers = /* @__PURE__ */ struct(
  { guardrailIdentifier: text, guardrailVersion: text, source, content, outputScope: text },
  'source content',
  { isClosed: true, wanted: '{ guardrailIdentifier, guardrailVersion, source, content }' },
);

/**
 * Checks texts and images with a guardrail, without a model.
 * Source: Amazon Bedrock Runtime, `ApplyGuardrail`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { applyGuardrail } from 'bedrock-anywhere';
 *
 * const { intervened, text } = await applyGuardrail({
 *   guardrailIdentifier: 'abc123',
 *   guardrailVersion: '1',
 *   source: 'INPUT',
 *   content: 'What is the phone number of Ann?',
 * });
 * if (intervened) console.log(text);
 * ```
 */
export async function applyGuardrail(
  request: ApplyGuardrailRequest,
  options: CallerOptions = {},
): Promise<ApplyGuardrailResult> {
  const settings = readCallerOptions(options, 'applyGuardrail()');
  const path: Path = [];
  const read = readWhole(path, () => readMembers(request, path)) as ApplyGuardrailRequest;
  const { guardrailConfig } = settings;
  const {
    guardrailIdentifier = guardrailConfig?.guardrailIdentifier,
    guardrailVersion = read.guardrailIdentifier === undefined ? guardrailConfig?.guardrailVersion : undefined,
    ...body
  } = read;
  requireGuardrail({ guardrailIdentifier, guardrailVersion });
  const region = /^arn:[^:]*:bedrock:([^:]+):/.exec(guardrailIdentifier ?? '')?.[1];
  const route = await resolveRoute('bedrock-runtime', settings, region);
  const answer = await callUnary(
    route,
    {
      method: 'POST',
      operation: 'ApplyGuardrail',
      path: `/guardrail/${percentEncode(guardrailIdentifier ?? '')}/version/${percentEncode(guardrailVersion ?? '')}/apply`,
      input: { guardrailIdentifier, guardrailVersion, ...body },
      body: () => encodeJson(body),
    },
    settings,
  );
  const { json, requestId, attempts, warnings } = answer;
  const { action, outputs } = json as Partial<ApplyGuardrailResponse>;
  if (action !== 'NONE' && action !== 'GUARDRAIL_INTERVENED')
    throw wrongAnswerError(
      'The answer has no action, so it is not from ApplyGuardrail. Check the endpoint.',
      answer,
    );
  const intervened = action === 'GUARDRAIL_INTERVENED';
  const texts = intervened && Array.isArray(outputs) && outputs.length > 0 ? outputs : textsOf(body.content);
  return {
    ...(json as unknown as ApplyGuardrailResponse),
    intervened,
    text: texts.map((one) => one?.text ?? '').join('\n'),
    requestId,
    attempts,
    warnings,
  };
}

function textsOf(blocks: ApplyGuardrailRequest['content']): { text?: string | undefined }[] {
  return (blocks as readonly GuardrailContentBlock[]).flatMap(({ text: words }) => words ?? []);
}
