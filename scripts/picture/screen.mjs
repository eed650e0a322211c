// What a terminal shows of the text that a program wrote to it.

/**
 * A piece of a line in one style.
 *
 * @typedef {{ text: string, style: 'plain' | 'bold' | 'dim' }} Run
 */

/** @type {Readonly<Record<string, Run['style']>>} */
const STYLES = { 1: 'bold', 2: 'dim', 22: 'plain' };

/**
 * The lines of the screen. It knows what this package's command writes: line feeds, carriage returns, erasing to the end of a line,
 * bold and dim.
 *
 * @param {string} written
 * @param {number} columns The width of the screen: the rest of a longer line is on the next one.
 * @returns {Run[][]}
 */
export function linesOf(written, columns) {
  /** @type {Run[][]} Cells of one character each. */
  const screen = [[]];
  /** @type {Run['style']} */
  let style = 'plain';
  let column = 0;
  const [start = '', ...controlled] = written.split('\u001B[');
  put(start);
  for (const part of controlled) {
    const [control = '', code = ''] = /^(?:K|(\d+)m)/.exec(part) ?? [];
    if (control === 'K') screen.at(-1)?.splice(column);
    else style = STYLES[code] ?? style;
    put(part.slice(control.length));
  }
  if (screen.at(-1)?.length === 0) screen.pop();
  return screen.map(joinCells);

  /** @param {string} text */
  function put(text) {
    for (const letter of text) {
      const isNext = letter === '\n' || (column === columns && letter !== '\r');
      if (isNext) screen.push([]);
      if (isNext || letter === '\r') column = 0;
      if (letter === '\n' || letter === '\r') continue;
      const line = /** @type {Run[]} */ (screen.at(-1));
      line[column++] = { text: letter, style };
    }
  }
}

/** @param {Run[]} cells */
function joinCells(cells) {
  /** @type {Run[]} */
  const runs = [];
  for (const { text, style } of cells) {
    const last = runs.at(-1);
    if (last?.style === style) last.text += text;
    else runs.push({ text, style });
  }
  return runs;
}
