import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { readErrorPages } from '../../src/cli/help/error-pages.js';
import { codeOf, writeError } from '../../src/cli/print/error.js';
import { toPlainText } from '../../src/cli/print/markdown.js';
import { protect } from '../../src/cli/print/terminal.js';
import { BedrockError } from '../../src/index.js';
import { environment, run } from './run.js';

const PAGES = readErrorPages();

beforeEach(() => void environment());
afterEach(() => vi.unstubAllEnvs());

describe('help about an error', () => {
  it.each(PAGES.map(({ code, summary }) => [code, summary] as const))(
    '%s prints its section as plain text',
    async (code, summary) => {
      const { code: exit, out, err } = await run(['help', code], { columns: 60 });
      expect({ exit, err }).toEqual({ exit: 0, err: '' });
      const [heading, ...rest] = out.split('\n\n');
      expect(heading).toBe(code);
      expect(rest.join('\n\n').replace(/\s+/g, ' ')).toContain(summary.replaceAll('`', ''));
      expect(out).toContain('\nWhat to do:\n\n- ');
      expect(out).not.toMatch(/\*\*|```|\]\(/);
      expect(out.endsWith('\n') && !out.endsWith('\n\n')).toBe(true);
      // Only code, and words that have no room, may be longer than the terminal is wide.
      const long = out
        .split('\n')
        .filter((line) => line.length > 60 && !/^ {4}|^(?:- | {2})?\S+$/.test(line));
      expect(long).toEqual([]);
    },
  );

  it.each(['ERR_THROTTLED', 'err_throttled', 'throttled', 'Throttled', 'err-throttled'])(
    'finds %s',
    async (topic) => {
      const { code, out } = await run(['help', topic]);
      expect(code).toBe(0);
      expect(out).toMatch(/^ERR_THROTTLED\n/);
    },
  );

  it('finds a code of two words without ERR_, with a hyphen', async () => {
    expect((await run(['help', 'access-denied'])).out).toMatch(/^ERR_ACCESS_DENIED\n/);
  });

  it('prefers the command to the code where both could be meant', async () => {
    expect((await run(['help', 'models'])).out).toMatch(/^Usage: bedrock-anywhere models/);
    expect((await run(['help', 'model'])).out).toMatch(/^ERR_MODEL\n/);
  });

  it('keeps the lines of code, indented', async () => {
    const { out } = await run(['help', 'ERR_QUOTA']);
    expect(out).not.toContain('    import');
    expect((await run(['help', 'ERR_TIMEOUT'])).out).toContain(
      "\n\n    import { createBedrock } from 'bedrock-anywhere';\n\n    const bedrock = createBedrock(",
    );
  });

  it.each([
    [
      'ERR_THROTLED',
      'There is no error code "ERR_THROTLED". Did you mean "ERR_THROTTLED"? List the codes with: npx bedrock-anywhere help errors',
    ],
    ['throtled', 'There is no command or error code "throtled". Did you mean "ERR_THROTTLED"? List them'],
    ['modles', 'There is no command or error code "modles". Did you mean "models"? List them'],
    ['ERR_SOMETHING_ELSE', 'There is no error code "ERR_SOMETHING_ELSE". List the codes'],
    ['toString', 'There is no command or error code "toString". List them'],
  ])('%s is refused with what was probably meant', async (topic, message) => {
    const { code, out, err } = await run(['help', topic]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`bedrock-anywhere: ${message}`);
  });

  it('is listed: the help names it, and `help errors` has every code', async () => {
    for (const args of [['help'], ['help', 'help'], ['--help']])
      expect((await run(args)).out).toMatch(/^ {2}help .*help ERR_THROTTLED$/m);
    const { out } = await run(['help', 'errors'], { columns: 80 });
    const listed = [...out.matchAll(/^- (ERR_\w+): \S/gm)].map(([, code]) => code);
    expect(listed).toEqual(PAGES.map(({ code }) => code));
  });
});

describe('a failure that a command prints', () => {
  const error = new BedrockError({
    code: 'ERR_THROTTLED',
    name: 'ThrottlingException',
    message: 'Too many requests.',
  });

  function written(thrown: unknown, isTerminal: boolean, colour = false): string {
    let err = '';
    const write = (text: string): void => {
      err += text;
    };
    const terminal = protect({
      out: () => undefined,
      err: write,
      ended: async () => undefined,
      colour,
      ...(isTerminal && { animate: write }),
    });
    writeError(thrown, terminal, 'bedrock-anywhere: ');
    return err;
  }

  const FIRST = 'bedrock-anywhere: ThrottlingException: Too many requests.\n';

  it('ends with one dim line on a terminal that names the command which explains it', () => {
    expect(written(error, true)).toBe(`${FIRST}More: npx bedrock-anywhere help ERR_THROTTLED\n`);
    expect(written(error, true, true)).toBe(
      `${FIRST}\u001B[2mMore: npx bedrock-anywhere help ERR_THROTTLED\u001B[22m\n`,
    );
  });

  it('has no such line in a pipe, nor where there is no code', () => {
    expect(written(error, false)).toBe(FIRST);
    expect(written(new Error('It failed.'), true)).toBe('bedrock-anywhere: It failed.\n');
    expect(written('text', true)).toBe('bedrock-anywhere: text\n');
  });

  it('names the command that does what the message says about a function', () => {
    const unknown = new BedrockError({ code: 'ERR_INPUT', message: 'Unknown: discover() lists the ids.' });
    expect(written(unknown, false)).toBe(
      'bedrock-anywhere: Unknown: npx bedrock-anywhere models lists the ids.\n',
    );
  });

  it('keeps its code where a suggestion was added', () => {
    expect(codeOf(new Error('Did you mean x?', { cause: error }))).toBe('ERR_THROTTLED');
    expect(codeOf(new Error('Did you mean x?', { cause: new Error('y') }))).toBeUndefined();
  });

  it.each([
    ['ask', ['ask', '--region', 'us-east-1', 'Why is it?'], 'err'],
    ['whoami', ['whoami'], 'err'],
    ['models', ['models', '--region', 'us-east-1'], 'err'],
    ['key', ['key', '--region', 'us-east-1'], 'err'],
    ['doctor', ['doctor'], 'out'],
  ] as const)('%s without credentials points to ERR_CREDENTIALS', async (_command, args, stream) => {
    const onTerminal = await run([...args], { animated: true, ...(stream === 'out' && { columns: 80 }) });
    const more = /^ *More: npx bedrock-anywhere help ERR_CREDENTIALS$/m;
    expect(onTerminal.code).toBe(1);
    expect(onTerminal[stream]).toMatch(more);
    const inPipe = await run([...args]);
    expect(inPipe.out + inPipe.err).not.toMatch(more);
  });
});

describe('Markdown as plain text', () => {
  it.each([
    ['One\ntwo `three` **four** [five](six.md).', 80, 'One two three four five.'],
    ['- a\n  b\n- c', 80, '- a b\n- c'],
    ['- aaa bbb ccc', 9, '- aaa bbb\n  ccc'],
    ['aaa bbb ccc', 7, 'aaa bbb\nccc'],
    ['a-very-long-word b', 5, 'a-very-long-word\nb'],
    ['a\n\n```ts\nf(`x`, **y**);\n\n  g();\n```\n\nb', 5, 'a\n\n    f(`x`, **y**);\n\n      g();\n\nb'],
  ])('%j in %d columns', (markdown, columns, text) => {
    expect(toPlainText(markdown, columns)).toBe(text);
  });
});

describe('help about a command', () => {
  const topics = [...COMMANDS.map(({ name }) => name), 'serve keys', 'serve usage', 'help'];

  it.each(topics)('%s fits a terminal of 80 and of 50 columns, and says the same there', async (topic) => {
    const args = topic.split(' ');
    const { out: wide } = await run([...args, '--help'], { columns: 120 });
    const wordsOf = (text: string): string[] => text.split(/\s+/);
    for (const columns of [80, 50]) {
      const { code, out } = await run([...args, '--help'], { columns });
      expect(code).toBe(0);
      expect(wordsOf(out)).toEqual(wordsOf(wide));
      // Only usage, commands to copy, and the names of options may be longer.
      const long = out.split('\n').filter((line) => line.length > columns && !/^\s+\S|^Usage:/.test(line));
      expect(long).toEqual([]);
      const described = out.split('\n').filter((line) => line.length > columns && /\S {2,}\S/.test(line));
      expect(described).toEqual([]);
    }
  });

  it('stays as it is in a pipe', async () => {
    const { out } = await run(['policy', '--help']);
    expect(out).toBe((await run(['policy', '--help'], { columns: 200 })).out);
    expect(out.split('\n').some((line) => line.length > 100)).toBe(true);
  });
});
