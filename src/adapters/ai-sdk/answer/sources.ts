import type { Citation } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseStreamRequest } from '../../../index.js';
import { mediaTypeOf } from '../request/media-type.js';
import type { JsonMembers, Source } from '../specification.js';
import { bothNames } from './metadata.js';

/** What a document of the request is called there. */
interface SentDocument {
  name: string;
  mediaType: string;
}

/** Turns citations into sources of the AI SDK. */
export class Sources {
  readonly #request: ConverseStreamRequest;
  readonly #createId: () => string;
  #documents: SentDocument[] | undefined;

  constructor(request: ConverseStreamRequest, createId: () => string) {
    this.#request = request;
    this.#createId = createId;
  }

  /** The passage and its place are in `providerMetadata.bedrock.citation`. */
  of(citation: Citation): Source {
    const { title, source, sourceContent, location } = citation;
    const at = placeOf(location);
    const passages = sourceContent?.flatMap(({ text }) => text ?? []) ?? [];
    const details: JsonMembers = {
      ...(passages.length > 0 && { citedText: passages.join('') }),
      ...(location && { location: location as unknown as JsonMembers }),
      ...(source !== undefined && { source }),
    };
    const head = { type: 'source', id: this.#createId() } as const;
    const providerMetadata = bothNames({ citation: details });
    const { url } = Object(location?.web) as { url?: string };
    if (url !== undefined)
      return { ...head, sourceType: 'url', url, ...(title !== undefined && { title }), providerMetadata };
    const document = this.#documentAt(at);
    return {
      ...head,
      sourceType: 'document',
      mediaType: document?.mediaType ?? 'text/plain',
      title: title ?? document?.name ?? source ?? 'document',
      ...(document && { filename: document.name }),
      providerMetadata,
    };
  }

  /** Citations count the documents of the whole conversation. */
  #documentAt(index: number | undefined): SentDocument | undefined {
    this.#documents ??= (this.#request.messages ?? []).flatMap(({ content }) =>
      (Array.isArray(content) ? content : []).flatMap((block) => {
        const { document } = Object(block) as { document?: { name?: string; format?: string } };
        return document
          ? [{ name: document.name ?? 'document', mediaType: mediaTypeOf(document.format) }]
          : [];
      }),
    );
    return index === undefined ? undefined : this.#documents[index];
  }
}

function placeOf(location: Citation['location']): number | undefined {
  const { documentChar, documentPage, documentChunk } = location ?? {};
  return (documentChar ?? documentPage ?? documentChunk)?.documentIndex;
}
