import { invalid } from '../../exception.js';
import { type CheckedRequest, listMedia, type PlacedBlock } from '../checked-request.js';
import type { Media } from '../request-shape.js';
import { modelError } from '../wording.js';

// What the service says to documents, each sentence in test/refusals/documents.ts with its source.

const MOST = 5;
const MOST_BYTES = 4.5 * 1024 * 1024;

/**
 * Formats that may be larger: "For Claude 4 and subsequent versions, the 4.5 MB document size restriction doesn't apply to PDF
 * format. For Nova models, the 4.5 MB document size restriction doesn't apply to PDF and DOCX formats."
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-api-restrictions.html, 2026-11-28
 */
const LARGER: readonly (readonly [models: RegExp, formats: readonly string[]])[] = [
  [/claude-(?!v2|instant|3-)/, ['pdf']],
  [/nova-/, ['pdf', 'docx']],
];

/** Checks names, number and sizes of documents, and that each has a text beside it. */
export function checkDocuments(
  { blocks, body: { messages = [] }, model: { modelId } }: CheckedRequest,
  bytesOf: ReadonlyMap<string, Uint8Array>,
): void {
  const documents = [...listMedia(blocks)].flatMap(([media, kind]) => (kind === 'document' ? [media] : []));
  for (const { name } of documents) if (name !== undefined) checkName(name);
  if (new Set(documents.map(({ name }) => name)).size < documents.length) {
    throw invalid(
      "Messages can't contain duplicate document names. Rename the document and retry your request.",
    );
  }
  if (documents.length > MOST) {
    throw invalid(`You can't include more than ${MOST} documents in a request.`);
  }
  const larger = LARGER.flatMap(([models, formats]) => (models.test(modelId) ? formats : []));
  if (documents.some((media) => !larger.includes(media.format ?? '') && sizeOf(media) > MOST_BYTES)) {
    throw invalid('The maximum document size is 4.5 MB.');
  }
  for (const { content } of messages) {
    // Whether a text that a guardrail is to read counts is not recorded. It is a text to the model.
    const hasText = content.some(({ text, guardContent }) => text ?? guardContent?.text);
    if (!hasText && content.some(({ document }) => document)) {
      throw invalid('A text block must be included when using documents.');
    }
  }
  if (modelId.includes('claude')) checkBytes(blocks, bytesOf);
}

/** How files begin, and which formats that can be. */
const BEGINNINGS: readonly (readonly [bytes: string, formats: readonly string[]])[] = [
  ['%PDF', ['pdf']],
  ['PK\x03\x04', ['docx', 'xlsx']],
  ['\xd0\xcf\x11\xe0', ['doc', 'xls']],
];

/** Accepts bytes of an unknown format, because no refusal of them has been recorded. */
function checkBytes(blocks: readonly PlacedBlock[], bytesOf: ReadonlyMap<string, Uint8Array>): void {
  for (const [{ format = '' }, kind, path] of listMedia(blocks)) {
    if (kind !== 'document') continue;
    const head = String.fromCharCode(...(bytesOf.get(path)?.subarray(0, 4) ?? []));
    const real = BEGINNINGS.find(([bytes]) => bytes === head)?.[1];
    if (real === undefined || real.includes(format)) continue;
    throw modelError(
      `${path.replace(/\.document$/, '')}.source.bytes: The document source bytes could not be parsed as the specified format. ` +
        'If using a text-based format, try source.text instead of source.bytes.',
    );
  }
}

/**
 * The service accepts the underscore, which its sentence leaves out, and of all white space the space alone, also at either
 * end. https://github.com/aws-samples/generative-ai-use-cases/issues/1671 (2026-08-21),
 * https://github.com/vercel/ai/pull/20366 (2026-09-04)
 */
function checkName(name: string): void {
  if (/^[\w ()[\]-]+$/.test(name) && !name.includes('  ') && name !== ' ') return;
  throw invalid(
    'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, ' +
      "and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file " +
      'name conforms to these restrictions and retry your request.',
  );
}

/** The size of what is sent in place; that of an object in S3 is not known here. */
function sizeOf({ source: { bytes = '', text = '' } }: Media): number {
  const padding = bytes.endsWith('==') ? 2 : bytes.endsWith('=') ? 1 : 0;
  return Math.floor((bytes.length * 3) / 4) - padding + text.length;
}
