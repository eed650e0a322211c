import type {
  ContentBlock,
  GuardrailStreamConfiguration,
  SystemContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import type { PlainRequest } from '../input/request.js';
import type { ClientOptions } from '../options.js';
import { ADDED } from '../repair/conversation.js';

/** The route that a guardrail is for: only streams accept `streamProcessingMode`. */
export type GuardrailRoute = 'converse' | 'converse-stream';

const IDENTIFIER_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:guardrail\/[a-z0-9]+$/;
const IDENTIFIER = /^[a-z0-9]+$/;
const VERSION = /^(?:DRAFT|[1-9]\d{0,7})$/;

/**
 * The request with the guardrail that applies: its own, or else the default; `null` for none. With `guardContent`, the last
 * user message is marked, so that the guardrail reads only that.
 */
export function withGuardrail(
  request: PlainRequest,
  options: Pick<ClientOptions, 'guardrailConfig' | 'guardContent'>,
  route: GuardrailRoute,
): PlainRequest {
  const { guardrailConfig: own, ...rest } = request;
  const chosen = own === undefined ? options.guardrailConfig : own;
  if (chosen === undefined || chosen === null) return 'guardrailConfig' in request ? rest : request;
  requireGuardrail(chosen);
  const whole = { ...rest, guardrailConfig: chosen };
  const guarded = route === 'converse' ? withoutStreamMode(whole) : whole;
  return options.guardContent === 'last-user-message' ? marked(guarded) : guarded;
}

/** The body of a whole answer's request: only streams accept the mode. */
export function withoutStreamMode<
  T extends { guardrailConfig?: GuardrailStreamConfiguration | null | undefined },
>(body: T): T {
  if (body.guardrailConfig?.streamProcessingMode === undefined) return body;
  const { streamProcessingMode: _onlyForStreams, ...guardrailConfig } = body.guardrailConfig;
  return { ...body, guardrailConfig };
}

/** Checks a guardrail, so that no call ever runs without it because of a mistake. */
export function requireGuardrail({
  guardrailIdentifier,
  guardrailVersion,
}: GuardrailStreamConfiguration): void {
  if (guardrailIdentifier === undefined || guardrailVersion === undefined) {
    throw inputError(
      'guardrailConfig needs both guardrailIdentifier (an id or a full ARN) and guardrailVersion.',
    );
  }
  if (!IDENTIFIER.test(guardrailIdentifier) && !IDENTIFIER_ARN.test(guardrailIdentifier)) {
    throw inputError(
      `guardrailConfig.guardrailIdentifier "${guardrailIdentifier}" is neither an id such as abc123 nor an ARN such as ` +
        'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123.',
    );
  }
  if (!VERSION.test(guardrailVersion)) {
    throw inputError(
      `guardrailConfig.guardrailVersion "${guardrailVersion}" is neither a version number such as "1" nor "DRAFT".`,
    );
  }
}

/**
 * Marks text and images of the last user message that has any, unless the request marks something itself. A message that only has
 * words added by a repair does not count: the guardrail would read nothing that the user wrote.
 */
function marked(request: PlainRequest): PlainRequest {
  const messages = request.messages ?? [];
  if ([{ content: request.system }, ...messages].some(({ content }) => content?.some(isMarked))) {
    return request;
  }
  const copy = messages.slice();
  for (let last = copy.length - 1; last >= 0; last--) {
    const message = copy[last];
    if (message?.role !== 'user' || !message.content?.some(isToBeRead)) continue;
    copy[last] = { ...message, content: message.content.map((block) => toGuardContent(block) ?? block) };
    return { ...request, messages: copy };
  }
  return request;
}

function isToBeRead(block: ContentBlock): boolean {
  return !Object.values<ContentBlock>(ADDED).includes(block) && toGuardContent(block) !== undefined;
}

function isMarked({ guardContent }: ContentBlock | SystemContentBlock): boolean {
  return guardContent !== undefined;
}

/** The block as one that the guardrail reads. It reads PNG and JPEG by their bytes; undefined for other images and blocks. */
function toGuardContent({ text, image }: ContentBlock): ContentBlock | undefined {
  if (text !== undefined) return { guardContent: { text: { text } } };
  const { format, source } = image ?? {};
  if (source?.bytes === undefined || (format !== 'png' && format !== 'jpeg')) return undefined;
  return { guardContent: { image: { format, source: { bytes: source.bytes } } } };
}
