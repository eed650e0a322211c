/** A diagnostic of `tsc --pretty false`; its details are in indented lines below it. */
const DIAGNOSTIC = /^(?:(\S.*?)\(\d+,\d+\): )?error TS\d+: /;

/**
 * Finds the problems of the package in a compiler's output, and the packages whose own errors are excused.
 *
 * @param {string} output
 * @param {number} status The compiler's exit code.
 * @param {readonly string[]} mayFail Names of packages whose own declarations may be wrong.
 */
export function judge(output, status, mayFail) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, number>} */
  const excused = new Map();
  let isExcused = false;
  let count = 0;
  for (const line of output.split(/\r?\n/)) {
    const [head, file = ''] = DIAGNOSTIC.exec(line) ?? [];
    if (head === undefined) {
      if (line.startsWith(' ') && count > 0) {
        if (!isExcused) problems[problems.length - 1] += `\n${line}`;
      } else if (line.trim() !== '') problems.push(line);
      continue;
    }
    count++;
    const name = packageOf(file);
    isExcused = name !== undefined && mayFail.includes(name);
    if (name !== undefined && isExcused) excused.set(name, (excused.get(name) ?? 0) + 1);
    else problems.push(line);
  }
  if (status !== 0 && count === 0) problems.push(`The compiler exited with ${status} but reported no error.`);
  return { problems, excused: [...excused].map(([name, times]) => `${name} ${times}`) };
}

/**
 * The package that a file belongs to; undefined for the files of the project.
 *
 * @param {string} file
 */
function packageOf(file) {
  const [, name] = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file) ?? [];
  return name?.replaceAll('\\', '/');
}
