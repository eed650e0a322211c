// Finds broken links in the Markdown pages of a folder, and in its llms.txt: to a missing file or a missing heading.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** `[text](target)`, `[name]: target`, and the attributes of HTML. */
const LINKS = /\]\(\s*<?([^\s)>]+)|^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)|\b(?:href|src)="([^"]*)"/gm;

/**
 * One sentence for each broken link in a folder's pages. Addresses with a scheme are not checked.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function brokenLinks(folder) {
  return pagesIn(folder).flatMap((page) =>
    linksOf(readFileSync(join(folder, page), 'utf8')).flatMap((link) => {
      const wrong = problemOf(folder, page, link);
      return wrong === undefined ? [] : [`${page} links to ${link}: ${wrong}`];
    }),
  );
}

/** @param {string} folder */
function pagesIn(folder) {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.md') || name === 'llms.txt')
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

/** @param {string} text */
function linksOf(text) {
  return [...withoutCode(text).matchAll(LINKS)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((link) => !/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(link));
}

/**
 * @param {string} folder
 * @param {string} page
 * @param {string} link
 */
function problemOf(folder, page, link) {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const target = path === '' ? join(folder, page) : join(folder, dirname(page), path);
  if (relative(folder, target).split(sep)[0] === '..') return 'it points outside the package.';
  if (!existsSync(target)) return 'there is no such file.';
  if (anchor === undefined || anchor === '') return undefined;
  if (!target.endsWith('.md')) return 'only pages have headings.';
  return anchorsOf(readFileSync(target, 'utf8')).has(anchor) ? undefined : 'there is no such heading.';
}

/**
 * The anchors of a page as GitHub makes them: lower case, hyphens for spaces, no punctuation, and a number after a
 * duplicate.
 *
 * @param {string} text
 */
export function anchorsOf(text) {
  /** @type {Set<string>} */
  const anchors = new Set();
  const withCode = text.replace(/^(`{3,}|~{3,}).*?^\1/gms, '');
  for (const [, heading = ''] of withCode.matchAll(/^#{1,6} +(.+?)(?: +#+)? *$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  for (const [, name = ''] of withCode.matchAll(/<[^>]+ (?:id|name)="([^"]+)"/g)) anchors.add(name);
  return anchors;
}

/** @param {string} text */
function withoutCode(text) {
  return text.replace(/^(`{3,}|~{3,}).*?^\1/gms, '').replace(/(`+)(?!`).+?(?<!`)\1(?!`)/gs, '');
}
