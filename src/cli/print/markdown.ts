/** Lines are never longer, because long ones are hard to read. */
const MOST_COLUMNS = 100;

/**
 * Turns Markdown of paragraphs, lists and blocks of code into plain text for a terminal. Code is indented and keeps its lines.
 *
 * @param columns Width of the terminal. Default: 100.
 */
export function toPlainText(markdown: string, columns = MOST_COLUMNS): string {
  const width = Math.min(columns, MOST_COLUMNS);
  return markdown
    .split(/^```\w*\n([\s\S]*?)^```$/m)
    .map((part, i) => (i % 2 === 0 ? fillParagraphs(part.trim(), width) : indent(part.trimEnd())))
    .filter((part) => part !== '')
    .join('\n\n');
}

function indent(code: string): string {
  return code.replace(/^(?=.)/gm, '    ');
}

function fillParagraphs(text: string, width: number): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) =>
      paragraph
        .split(/\n(?=- )/)
        .map((item) => fill(removeMarks(item.replace(/\n\s*/g, ' ')), width))
        .join('\n'),
    )
    .join('\n\n');
}

/** Removes the marks of code, bold text and links. */
function removeMarks(text: string): string {
  return text.replace(/\[([^[\]]+)\]\([^()[]+\)/g, '$1').replace(/\*\*|`/g, '');
}

/** Breaks a paragraph or an item of a list between words; an item's further lines begin below its first word. */
function fill(text: string, width: number): string {
  const margin = text.startsWith('- ') ? '  ' : '';
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = margin + word;
    }
  }
  return [...lines, line].join('\n');
}
