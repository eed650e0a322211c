import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { unsupportedError } from '../error.js';
import type { ToolOutput, ToolOutputPart, ToolResultPart } from '../specification.js';
import { fileBlock } from './file.js';
import { optionsOf } from './provider-options.js';

/** What the model is told about a call that the user denied without a reason. */
const DENIED = 'The user denied this tool call.';

/** The result of a tool. Repair moves files behind the results for models that accept none inside. */
export function toolResultBlock({ toolCallId, output }: ToolResultPart): ContentBlock {
  const isError = /^(?:error-|execution-denied)/.test(output.type);
  return {
    toolResult: { toolUseId: toolCallId, content: contentOf(output), ...(isError && { status: 'error' }) },
  };
}

function contentOf(output: ToolOutput): ToolResultContentBlock[] {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return [{ text: output.value }];
    case 'execution-denied':
      return [{ text: output.reason ?? DENIED }];
    case 'content':
      return output.value.map(partOf);
    default:
      // A tool without a result returns undefined, which JSON does not have.
      return [{ text: JSON.stringify(output.value) ?? 'null' }];
  }
}

function partOf(part: ToolOutputPart): ToolResultContentBlock {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'file':
    case 'file-data':
    case 'image-data': {
      const { citations } = optionsOf(part.providerOptions);
      return fileBlock({
        ...part,
        hasCitations: Object(citations).enabled === true,
      }) as ToolResultContentBlock;
    }
    case 'file-url':
    case 'image-url': {
      const mediaType = part.mediaType ?? (part.type === 'image-url' ? 'image' : 'application/pdf');
      return fileBlock({ data: urlOf(part.url), originalUrl: part.url, mediaType }) as ToolResultContentBlock;
    }
    default:
      throw unsupportedError(
        `parts of type ${part.type} in tool results`,
        'Return text, or the bytes of a file.',
      );
  }
}

/** As text the address would be taken for base64. */
function urlOf(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw unsupportedError('an address that is not a URL in a tool result', 'Return the bytes of the file.');
  }
}
