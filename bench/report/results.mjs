import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { BENCH, packageFacts } from '../prepare.mjs';

const RESULTS = join(BENCH, 'RESULTS.md');
const INTRODUCTION = `# Results

Written by \`npm run bench\` and \`npm run bench -- load\`; each part has its own date and command.
[docs/performance.md](../docs/performance.md) explains how things are measured and how to read the tables.
`;

/** Puts a part of bench/RESULTS.md in the place of the one before. */
export function writePart(name, markdown) {
  const parts = new Map();
  const order = ['compare', 'again', 'load-paced', 'load-rate', 'load-faulty'];
  if (existsSync(RESULTS)) {
    const text = readFileSync(RESULTS, 'utf8');
    for (const part of order) {
      const [, content] =
        new RegExp(`<!-- ${part} -->\n([\\s\\S]*?)<!-- end of ${part} -->`).exec(text) ?? [];
      if (content !== undefined) parts.set(part, content);
    }
  }
  // A table that is whole again has no need of what was measured beside the one before.
  if (name === 'compare') parts.delete('again');
  parts.set(name, `\n${markdown.trim()}\n\n`);
  const text = order
    .filter((part) => parts.has(part))
    .map((part) => `<!-- ${part} -->\n${parts.get(part)}<!-- end of ${part} -->\n`);
  writeFileSync(RESULTS, [INTRODUCTION, ...text].join('\n'));
}

/** What a reader has to know of a run to compare it with another. */
export function circumstances({ command, contenders, nodes, date = new Date() }) {
  const packages = [...new Set(contenders.flatMap((contender) => contender.packages))];
  const versions = packages.map((name) => {
    const facts = packageFacts(name);
    return facts === undefined ? `${name} (not installed)` : `${facts.name} ${facts.version}`;
  });
  const list = cpus();
  return [
    `- Date: ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `- Command: \`${command}\``,
    `- Machine: ${list.length} × ${list[0]?.model.trim() || 'CPU of unknown kind'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release().split('-')[0]} ${process.arch}`,
    `- Runtimes: ${nodes.map((node) => node.name + (node.missing ? ` (${node.missing})` : '')).join(', ')}`,
    ...(versions.length > 0 ? [`- Peers: ${versions.join(', ')}`] : []),
  ].join('\n');
}
