import type {
  ContentBlock,
  GuardrailConverseContentBlock,
  GuardrailStreamConfiguration,
  Message,
} from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import type { PlainRequest } from '../input/request.js';
import type { ClientOptions } from '../options.js';

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
  if (chosen === undefined || chosen === null)
    return own === undefined && !('guardrailConfig' in request) ? request : rest;
  requireWhole(chosen);
  const guarded =
    own === undefined || route === 'converse'
      ? { ...rest, guardrailConfig: ofRoute(chosen, route) }
      : request;
  return options.guardContent === 'last-user-message' ? marked(guarded) : guarded;
}

function ofRoute(config: GuardrailStreamConfiguration, route: GuardrailRoute): GuardrailStreamConfiguration {
  if (route === 'converse-stream') return config;
  const { streamProcessingMode: _onlyForStreams, ...rest } = config;
  return rest;
}

function requireWhole({ guardrailIdentifier, guardrailVersion }: GuardrailStreamConfiguration): void {
  if (guardrailIdentifier === undefined || guardrailVersion === undefined) {
    throw inputError(
      'guardrailConfig needs both guardrailIdentifier (an id or a full ARN) and guardrailVersion.',
    );
  }
  if (!IDENTIFIER.test(guardrailIdentifier) && !IDENTIFIER_ARN.test(guardrailIdentifier)) {
    throw inputError(
      `guardrailConfig.guardrailIdentifier "${guardrailIdentifier}" is neither an id such as abc123 nor a full ARN such as ` +
        'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123.',
    );
  }
  if (!VERSION.test(guardrailVersion)) {
    throw inputError(
      `guardrailConfig.guardrailVersion "${guardrailVersion}" is neither a version number such as "1" nor "DRAFT".`,
    );
  }
}

/** Marks text and images of the last user message, unless the request marks something itself. */
function marked(request: PlainRequest): PlainRequest {
  const messages = request.messages ?? [];
  if (messages.some(hasGuardContent) || request.system?.some((block) => block.guardContent !== undefined)) {
    return request;
  }
  let last = messages.length - 1;
  while (last >= 0 && !isMarkable(messages[last])) last -= 1;
  const message = messages[last];
  if (message === undefined) return request;
  const copy = messages.slice();
  copy[last] = { ...message, content: message.content?.map(mark) };
  return { ...request, messages: copy };
}

function hasGuardContent(message: Message): boolean {
  return message.content?.some((block) => block.guardContent !== undefined) === true;
}

function isMarkable(message: Message | undefined): boolean {
  return message?.role === 'user' && message.content?.some(canBeMarked) === true;
}

function canBeMarked(block: ContentBlock): boolean {
  return block.text !== undefined || guardImage(block) !== undefined;
}

function mark(block: ContentBlock): ContentBlock {
  if (block.text !== undefined) return { guardContent: { text: { text: block.text } } };
  const image = guardImage(block);
  return image === undefined ? block : { guardContent: { image } };
}

/** A guardrail reads PNG and JPEG by their bytes; other images stay as they are. */
function guardImage({ image }: ContentBlock): GuardrailConverseContentBlock['image'] {
  const bytes = image?.source?.bytes;
  if (bytes === undefined || (image?.format !== 'png' && image?.format !== 'jpeg')) return undefined;
  return { format: image.format, source: { bytes } };
}
