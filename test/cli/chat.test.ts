import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ScriptRule } from '../../src/local/index.js';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from '../../src/local/node.js';
import { environment, run, variablesFor } from './run.js';
import { CTRL_C, CTRL_D, ENTER, Typist } from './typist.js';

let local: LocalServer;
let home: string;
afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

async function start(
  script: ScriptRule[],
  args: string[] = [],
  options: LocalServerOptions = {},
): Promise<{ typist: Typist; done: Promise<number> }> {
  local = await startLocalBedrock({ script, ...options });
  home = environment(variablesFor(local));
  const typist = new Typist();
  const done = typist.run(['chat', ...args]);
  await typist.sees('> ');
  return { typist, done };
}

/** The messages of the last request. */
const sent = (): unknown[] => {
  const body = local.requests.at(-1)?.body as { messages: { role: string; content: object[] }[] };
  return body.messages.map(({ role, content }) => [role, ...content.map((block) => Object.values(block)[0])]);
};

describe('bedrock-anywhere chat', () => {
  it('streams answers with the history, and shows tokens and cost of each turn', async () => {
    const { typist, done } = await start(
      [{ user: 'ping', text: 'pong' }, { text: 'well' }],
      ['-s', 'Be brief.'],
    );
    typist.type(`ping${ENTER}`);
    const first = await typist.sees(/ s\n> $/);
    expect(first).toMatch(
      /^ping\npong\namazon\.nova-lite-v1:0 · \d+ tokens in, 1 out · \$0\.\d+ · \d+\.\d s\n> $/,
    );
    typist.type(`and then?${ENTER}`);
    expect(await typist.sees(/in all\n> $/)).toMatch(/well\n.* · \$0\.\d+ in all\n> $/);
    expect(sent()).toEqual([
      ['user', 'ping'],
      ['assistant', 'pong'],
      ['user', 'and then?'],
    ]);
    expect(local.requests.at(-1)?.body).toMatchObject({ system: [{ text: 'Be brief.' }] });
    typist.type(CTRL_D);
    expect(await done).toBe(0);
  });

  it('stops the answer at Ctrl+C and not the program, and keeps what had arrived', async () => {
    const { typist, done } = await start([{ user: 'long', text: 'one two three' }, { text: 'well' }], [], {
      faults: ['stall=2'],
    });
    typist.type(`long${ENTER}`);
    await typist.sees('one');
    typist.type(CTRL_C);
    await typist.sees(/Stopped\.\n> $/);
    await expect.poll(() => local.liveConnections()).toBe(0);
    typist.type(`go on${ENTER}`);
    await typist.sees('well');
    expect(sent()).toEqual([
      ['user', 'long'],
      ['assistant', expect.stringMatching(/^one/)],
      ['user', 'go on'],
    ]);
    await typist.sees(/> $/);
    typist.type(CTRL_D);
    expect(await done).toBe(0);
  });

  it('goes on after an error, without the message that failed', async () => {
    const { typist, done } = await start([
      { user: 'bad', error: { name: 'AccessDeniedException', message: 'No.' } },
      { text: 'well' },
    ]);
    typist.type(`bad${ENTER}`);
    await typist.sees(/AccessDeniedException: No\.[\s\S]*\n> $/);
    typist.type(`good${ENTER}`);
    await typist.sees('well');
    expect(sent()).toEqual([['user', 'good']]);
    typist.type(CTRL_D);
    expect(await done).toBe(0);
  });

  it('writes no control characters of the model to the terminal', async () => {
    const { typist, done } = await start([{ text: 'a\u001b]0;title\u0007b' }]);
    typist.type(`x${ENTER}`);
    await typist.sees('a\\u001b]0;title\\u0007b');
    await typist.sees('> ');
    typist.type(CTRL_D);
    await done;
    expect(typist.raw).not.toContain('\u001b]0');
  });

  it('needs a terminal', async () => {
    local = await startLocalBedrock();
    environment(variablesFor(local));
    const { code, err } = await run(['chat']);
    expect(code).toBe(2);
    expect(err).toMatch(/^bedrock-anywhere: chat needs a terminal .* bedrock-anywhere ask\n$/);
  });

  it('is continued by ask', async () => {
    const { typist, done } = await start([{ text: 'pong' }]);
    typist.type(`ping${ENTER}`);
    await typist.sees(/ s\n> $/);
    typist.type(CTRL_D);
    await done;
    await run(['ask', '-c', 'again']);
    expect(sent()).toEqual([
      ['user', 'ping'],
      ['assistant', 'pong'],
      ['user', 'again'],
    ]);
  });
});

describe('the commands of a chat', () => {
  it('change model and system prompt, attach, clear and save', async () => {
    const { typist, done } = await start([{ text: 'pong' }]);
    writeFileSync(join(home, 'note.txt'), 'a note');
    typist.type(`/model amazon.nova-pro-v1:0${ENTER}`);
    await typist.sees('amazon.nova-pro-v1:0 in us-east-1\n');
    typist.type(`/system Be brief.${ENTER}`);
    await typist.sees('\nBe brief.\n');
    typist.type(`/attach ${join(home, 'note.txt')}${ENTER}`);
    await typist.sees(/Attached to the next message: .*note\.txt\n/);
    typist.type(`ping${ENTER}`);
    await typist.sees(/ s\n> $/);
    expect(local.requests.at(-1)).toMatchObject({
      modelId: 'amazon.nova-pro-v1:0',
      body: {
        system: [{ text: 'Be brief.' }],
        messages: [{ content: [{ document: { format: 'txt' } }, {}] }],
      },
    });
    typist.type(`/save ${join(home, 'chat.md')}${ENTER}`);
    await typist.sees('Saved to');
    expect(readFileSync(join(home, 'chat.md'), 'utf8')).toBe(
      '## System\n\nBe brief.\n\n## You\n\n*(document)*\n\nping\n\n## amazon.nova-pro-v1:0\n\npong\n',
    );
    typist.type(`/save ${join(home, 'chat.md')}${ENTER}`);
    await typist.sees('it already exists');
    typist.type(`/model amazon.nova-lite-v1:0${ENTER}again${ENTER}`);
    await typist.sees('in all\n');
    typist.type(`/save ${join(home, 'two.md')}${ENTER}`);
    await typist.sees('Saved to');
    expect(readFileSync(join(home, 'two.md'), 'utf8').match(/^## .*/gm)).toEqual([
      '## System',
      '## You',
      '## amazon.nova-pro-v1:0',
      '## You',
      '## amazon.nova-lite-v1:0',
    ]);
    typist.type(`/save ${join(home, 'chat.json')}${ENTER}`);
    await typist.sees('Saved to');
    expect(JSON.parse(readFileSync(join(home, 'chat.json'), 'utf8'))).toMatchObject({
      messages: [{}, {}, {}, {}],
    });
    typist.type(`/clear${ENTER}`);
    await typist.sees('This is a new conversation.');
    typist.type(`/system -${ENTER}ping${ENTER}`);
    await typist.sees('in all\n');
    expect(local.requests.at(-1)?.body).not.toHaveProperty('system');
    expect(sent()).toEqual([['user', 'ping']]);
    typist.type(`/exit${ENTER}`);
    expect(await done).toBe(0);
  });

  it('are listed by /help, and guessed if they are mistyped', async () => {
    const { typist, done } = await start([]);
    typist.type(`/help${ENTER}`);
    const help = await typist.sees('Ctrl+D leaves.');
    for (const name of ['model', 'system', 'attach', 'save', 'clear', 'help', 'exit'])
      expect(help).toMatch(new RegExp(`^  /${name} `, 'm'));
    typist.type(`/modle${ENTER}`);
    await typist.sees('There is no command /modle. Did you mean "/model"? /help lists them.');
    typist.type(`/attach nothing.png${ENTER}`);
    await typist.sees('nothing.png cannot be attached: the file does not exist.');
    expect(local.requests).toEqual([]);
    typist.type(CTRL_D);
    await done;
  });
});

describe('the tools of a chat', () => {
  const SCRIPT: ScriptRule[] = [
    { toolResult: true, text: 'At 14:20.' },
    { user: 'tide', toolUse: { name: 'get_tide', input: { harbour: 'Hamburg\u001b[2J' } } },
  ];

  function writeTools(): string {
    const file = join(environment(), 'tools.mjs');
    writeFileSync(
      file,
      `export default { get_tide: { description: 'tides', input: { type: 'object' },
        run: ({ harbour }) => 'High water in ' + harbour.slice(0, 7) } };`,
    );
    return file;
  }

  it.each([
    ['y', '← High water in Hamburg', 'success'],
    ['n', '← error: The user did not allow this call.', 'error'],
    ['', '← error: The user did not allow this call.', 'error'],
  ])('run if the user says %j', async (answer, shown, status) => {
    const { typist, done } = await start(SCRIPT, ['--tools', writeTools()]);
    typist.type(`tide?${ENTER}`);
    await typist.sees('→ get_tide {"harbour":"Hamburg\\u001b[2J"}');
    await typist.sees('Run get_tide {"harbour":"Hamburg\\u001b[2J"}? [y]es, [n]o, [a]lways ');
    typist.type(`${answer}${ENTER}`);
    await typist.sees(shown);
    await typist.sees(/At 14:20\.\n.*\n> $/);
    expect(JSON.stringify(local.requests.at(-1)?.body)).toContain(`"status":"${status}"`);
    typist.type(CTRL_D);
    await done;
  });

  it('run without a question after "always", and with --yes', async () => {
    const { typist, done } = await start(SCRIPT, ['--tools', writeTools()]);
    typist.type(`tide?${ENTER}`);
    await typist.sees('[a]lways ');
    typist.type(`a${ENTER}`);
    await typist.sees(/At 14:20\.\n.*\n> $/);
    typist.type(`/clear${ENTER}tide?${ENTER}`);
    expect(await typist.sees('At 14:20.')).not.toContain('Run get_tide');
    typist.type(CTRL_D);
    await done;
    const another = new Typist();
    const run = another.run(['chat', '--yes', '--tools', writeTools()]);
    for (const [name, value] of Object.entries(variablesFor(local))) vi.stubEnv(name, value);
    await another.sees('> ');
    another.type(`tide?${ENTER}`);
    expect(await another.sees('At 14:20.')).not.toContain('Run get_tide');
    another.type(CTRL_D);
    await run;
  });

  it('are forgotten with their turn if the user stops it at the question', async () => {
    const { typist, done } = await start([...SCRIPT, { text: 'well' }], ['--tools', writeTools()]);
    typist.type(`tide?${ENTER}`);
    await typist.sees('[a]lways ');
    typist.type(CTRL_C);
    await typist.sees(/Stopped\.\n> $/);
    typist.type(`hello${ENTER}`);
    await typist.sees('well');
    expect(sent()).toEqual([['user', 'hello']]);
    typist.type(CTRL_D);
    await done;
  });

  it.each([
    ['missing.mjs', undefined, /cannot be loaded/],
    ['empty.mjs', 'export const x = 1;', /exports no tools\. Export default \{ name: tool/],
  ])('have to be in a module: %s', async (name, content, message) => {
    local = await startLocalBedrock();
    const folder = environment(variablesFor(local));
    if (content !== undefined) writeFileSync(join(folder, name), content);
    const typist = new Typist();
    expect(await typist.run(['chat', '--tools', join(folder, name)])).toBe(1);
    expect(typist.screen).toMatch(message);
  });
});
