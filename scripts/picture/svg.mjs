// A picture of a terminal, as SVG.

/** @typedef {import('./screen.mjs').Run} Run */

const LETTER = 8.4;
const LINE = 20;
const MARGIN = 20;
const BAR = 36;

/** Seconds until a command has been read, and between two lines of its output. */
const PAUSE = 0.9;
const STEP = 0.12;

const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/**
 * Draws commands with what they printed. Lines appear one after the other, once; for people who prefer no motion, and in programs
 * that do not animate, all of them are there at once.
 *
 * @param {{ command: string, lines: Run[][] }[]} scenes
 * @param {{ columns: number, title: string }} options
 */
export function drawTerminal(scenes, { columns, title }) {
  const rows = scenes.flatMap(({ command, lines }, i) => [
    ...(i === 0 ? [] : [{ runs: [], isCommand: false }]),
    { runs: [{ text: `$ ${command}`, style: 'command' }], isCommand: true },
    ...lines.map((runs) => ({ runs, isCommand: false })),
  ]);
  const width = Math.ceil(columns * LETTER + 2 * MARGIN);
  const height = BAR + rows.length * LINE + MARGIN;
  let delay = 0;
  const texts = rows.flatMap(({ runs, isCommand }, i) => {
    delay += isCommand ? PAUSE : STEP;
    const length = runs.reduce((sum, { text }) => sum + [...text].length, 0);
    if (length === 0) return [];
    const place = `x="${MARGIN}" y="${BAR + i * LINE + 14}" textLength="${(length * LETTER).toFixed(1)}"`;
    const spans = runs.map(({ text, style }) =>
      style === 'plain' ? escapeText(text) : `<tspan class="${style}">${escapeText(text)}</tspan>`,
    );
    return `  <text ${place} style="animation-delay:${delay.toFixed(2)}s">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
  <title>${escapeText(title)}</title>
  <style>
    text { font: 14px ${FONT}; fill: #d7dae0; white-space: pre; animation: show 0.01s both; }
    .bold { font-weight: bold; fill: #ffffff; }
    .dim { fill: #9aa1ac; }
    .command { fill: #8fd6a4; }
    @keyframes show { from { visibility: hidden; } to { visibility: visible; } }
    @media (prefers-reduced-motion: reduce) { text { animation: none; } }
  </style>
  <rect width="${width}" height="${height}" rx="8" fill="#16181d"/>
  <circle cx="20" cy="18" r="5" fill="#ff5f57"/>
  <circle cx="38" cy="18" r="5" fill="#febc2e"/>
  <circle cx="56" cy="18" r="5" fill="#28c840"/>
${texts.join('\n')}
</svg>
`;
}

/** @param {string} text */
function escapeText(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
