import type { Citation } from '../../index.js';

/** A source in OpenAI's form, the only one that it has. `start` and `end` are in the text of the answer. */
export interface UrlCitation {
  start_index: number;
  end_index: number;
  title: string;
  url: string;
}

/** Sources of a passage. A document of the request has a title and no URL. */
export function urlCitations(citations: readonly Citation[], start: number, end: number): UrlCitation[] {
  return citations.map(({ title, source, location }) => ({
    start_index: start,
    end_index: end,
    title: title ?? '',
    url: location?.web?.url ?? source ?? '',
  }));
}
