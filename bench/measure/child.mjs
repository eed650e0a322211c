/**
 * One measurement in a process of its own: takes a job as JSON in its argument, prints its figures as JSON.
 * What a contender needs is loaded when the measurement asks for it, so that loading can be measured too.
 */
const { measure, contender, url, options } = JSON.parse(process.argv[2]);

const ask = async (path) => (await fetch(`${url}/${path}`)).json();

async function open(more = {}) {
  const module = await import(`../contenders/${contender.module}.mjs`);
  return module[contender.open ?? 'open']({ url, ...contender, ...more });
}

const { run } = await import(`./${measure}.mjs`);
let report;
try {
  report = { figures: await run({ open, ask, contender, contenderUrl: url, options }) };
} catch (error) {
  const isPlain = error instanceof Error && error.name === 'Error';
  report = { error: isPlain ? error.message : String(error) };
}
// A client that keeps its sockets would keep this process.
process.stdout.write(JSON.stringify(report), () => process.exit());
