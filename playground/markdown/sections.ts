/** A part of a text that can be read without the rest: from one blank line to another. */
export interface Section {
  /** Where it begins. */
  at: number;
  text: string;
}

const FENCE = /^(`{3,}|~{3,})/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)]) /;

/** As much of a line as it takes to know what it is. */
const LINE_START = 200;

/**
 * Splits a growing text into sections. Those that have not changed stay the same objects, so that nothing of them has to be read or
 * drawn again: of a long answer only the end is.
 *
 * @param before The sections of a text of which this may be a continuation.
 */
export function splitSections(text: string, before: readonly Section[] = []): readonly Section[] {
  const isContinued = before.every(
    ({ at, text: old }, i) => text.startsWith(old, at) && (i === 0 || at === endOf(before[i - 1])),
  );
  if (!isContinued) return splitSections(text);
  // The line that began the last section may turn out to belong to the one before it, such as the next item of a list.
  const from = before.at(-2)?.at ?? 0;
  const known = new Map(before.map((section) => [section.at, section]));
  const found = splitFrom(text, from).map((section) => {
    const old = known.get(section.at);
    return old?.text === section.text ? old : section;
  });
  return [...before.slice(0, -2), ...found];
}

function endOf(section: Section | undefined): number {
  return section === undefined ? 0 : section.at + section.text.length;
}

function splitFrom(text: string, from: number): Section[] {
  const sections: Section[] = [];
  let start = from;
  let fence: string | undefined;
  let isList = false;
  let wasBlank = false;
  for (let at = from; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, Math.min(end, at + LINE_START));
    const isBlank = line.trim() === '' && end - at < LINE_START;
    if (fence === undefined && !isBlank) {
      // An item, or what is indented below one, belongs to the list before the blank line.
      const goesOn = isList && (LIST_ITEM.test(line) || /^(?: {2,}|\t)/.test(line));
      if (wasBlank && !goesOn) {
        sections.push({ at: start, text: text.slice(start, at) });
        start = at;
      }
      if (at === start) isList = LIST_ITEM.test(line);
    }
    const mark = FENCE.exec(line.trimStart())?.[1];
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    wasBlank = isBlank && fence === undefined && at > start;
    at = end + 1;
  }
  if (start < text.length) sections.push({ at: start, text: text.slice(start) });
  return sections;
}
