import { readPackageFile } from '../package-file.js';

/** What docs/errors.md says about a code, in Markdown. */
export interface ErrorPage {
  code: string;
  /** The first paragraph: what happened. */
  summary: string;
  /** Everything below the heading. */
  text: string;
}

const PAGE = 'docs/errors.md';

/**
 * Reads the sections of docs/errors.md, in its order.
 *
 * @throws Error if the file is missing: some tools delete the documentation of packages.
 */
export function readErrorPages(): ErrorPage[] {
  let page: string;
  try {
    page = readPackageFile(PAGE);
  } catch (cause) {
    throw new Error(
      `${PAGE}, which explains the error codes, is missing from the installed package. Install bedrock-anywhere again, ` +
        'or run: npx bedrock-anywhere help errors',
      { cause },
    );
  }
  const [, ...sections] = page.replaceAll('\r\n', '\n').split(/^## /m);
  return sections.map((section) => {
    const [code = '', ...lines] = section.split('\n');
    const text = lines.join('\n').trim();
    const [summary = ''] = text.split('\n\n');
    return { code: code.trim(), summary: summary.replaceAll('\n', ' '), text };
  });
}

/** Finds the section of a code, in any case and with or without `ERR_`. */
export function findErrorPage(topic: string, pages: readonly ErrorPage[]): ErrorPage | undefined {
  const name = bareCode(topic);
  return pages.find(({ code }) => bareCode(code) === name);
}

/** A code without `ERR_`, in upper case. */
export function bareCode(topic: string): string {
  return topic.trim().toUpperCase().replaceAll('-', '_').replace(/^ERR_/, '');
}
