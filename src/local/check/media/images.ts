import type { CheckedRequest } from '../checked-request.js';
import { listMedia } from '../checked-request.js';
import { modelError } from '../wording.js';
import { readImageFormat, readImageSize } from './image-size.js';

// What Claude says to images, each sentence in test/refusals/images.ts with its source. Of other models nothing is recorded,
// and "Amazon Bedrock doesn't impose restrictions on image count and size":
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-api-restrictions.html, 2026-11-28

/** Counted in base64: 3.75 MB of an image. */
const MOST_BASE64 = 5 * 1024 * 1024;
const LONGEST_SIDE = 8000;
/** In a request with more than {@link MANY} images. */
const LONGEST_SIDE_OF_MANY = 2000;
const MANY = 20;

/**
 * How many images a model takes. Claude 3 and 4 were seen to refuse the 21st (https://github.com/boto/boto3/issues/4632,
 * 2025-10-07), Claude 5 to accept 29 (https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/998,
 * 2026-09-18) and the newest to refuse the 101st (https://github.com/kirodotdev/Kiro/issues/9629, 2026-06-21).
 */
function mostImages(modelId: string): number {
  return /claude-(?:3|[a-z]+-4)/.test(modelId) ? MANY : 100;
}

/** Checks the images of a conversation with Claude, of those that are sent in place. */
export function checkImages(
  { blocks, model: { modelId } }: CheckedRequest,
  bytesOf: ReadonlyMap<string, Uint8Array>,
): void {
  if (!modelId.includes('claude')) return;
  const media = [...listMedia(blocks)];
  const images = media.filter(([, kind]) => kind === 'image');
  // The service makes text of a document, unless the model is to cite it as it is.
  const documents = media.filter(([{ citations, format }, kind]) => {
    return kind === 'document' && format === 'pdf' && citations?.enabled === true;
  });
  const most = mostImages(modelId);
  if (images.length + documents.length > most) {
    throw modelError(`too many images and documents: ${images.length} + ${documents.length} > ${most}`);
  }
  const longest = images.length > MANY ? LONGEST_SIDE_OF_MANY : LONGEST_SIDE;
  for (const [{ source, format }, , path] of images) {
    const at = `${path.replace('.toolResult.', '.tool_result.')}.source.bytes`;
    const length = source.bytes?.length ?? 0;
    if (length > MOST_BASE64) {
      throw modelError(`${at}: image exceeds 5 MB maximum: ${length} bytes > ${MOST_BASE64} bytes`);
    }
    const bytes = bytesOf.get(path);
    const real = bytes && readImageFormat(bytes);
    if (real !== undefined && real !== format) {
      throw modelError(
        `${at}: The image was specified using the image/${format} media type, but the image appears to be a image/${real} image`,
      );
    }
    const { width, height } = (bytes && readImageSize(bytes)) ?? { width: 0, height: 0 };
    if (Math.max(width, height) <= longest) continue;
    const ofMany = images.length > MANY ? ' for many-image requests' : '';
    throw modelError(
      `${at}: At least one of the image dimensions exceed max allowed size${ofMany}: ${longest} pixels`,
    );
  }
}
