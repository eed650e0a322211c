import { describe, expect, it } from 'vitest';
import { type Keyboard, openKeyboard } from '../../src/cli/chat/keyboard.js';
import { CTRL_C, CTRL_D, ENTER, paste, Typist } from './typist.js';

function open(complete: (line: string) => string[] = () => []): { typist: Typist; keyboard: Keyboard } {
  const typist = new Typist();
  return { typist, keyboard: openKeyboard({ input: typist.input, output: typist.output }, complete) };
}

describe('openKeyboard()', () => {
  it.each([
    ['a line', `hello${ENTER}`, 'hello'],
    ['lines that end in a backslash', `one\\${ENTER}two\\${ENTER}three${ENTER}`, 'one\ntwo\nthree'],
    ['lines between quotes', `"""${ENTER}one${ENTER}${ENTER}two\\${ENTER}"""${ENTER}`, 'one\n\ntwo\\'],
    ['a pasted text', `${paste('one\ntwo\nthree')}${ENTER}`, 'one\ntwo\nthree'],
    ['a pasted text in a line', `before ${paste('one\ntwo')} after${ENTER}`, 'before one\ntwo after'],
    ['a pasted text that ends with its line', `${paste('one\ntwo\n')}${ENTER}`, 'one\ntwo\n'],
    ['a line without what Ctrl+C cleared', `wrong${CTRL_C}right${ENTER}`, 'right'],
  ])('reads %s as one message', async (_what, keys, expected) => {
    const { typist, keyboard } = open();
    const message = keyboard.read('> ');
    typist.type(keys);
    expect(await message).toBe(expected);
    keyboard.close();
  });

  it('shows what was typed early when it is awaited, and not before', async () => {
    const { typist, keyboard } = open();
    typist.type(`early${ENTER}half`);
    await new Promise(setImmediate);
    expect(typist.screen).toBe('');
    expect(await keyboard.read('> ')).toBe('early');
    expect(typist.screen).toBe('> early\n');
    const next = keyboard.read('> ');
    await typist.sees('> half');
    typist.type(`way${ENTER}`);
    expect(await next).toBe('halfway');
    keyboard.close();
  });

  it('leaves at Ctrl+D, and at the second Ctrl+C with nothing typed', async () => {
    const first = open();
    const message = first.keyboard.read('> ');
    first.typist.type(CTRL_D);
    expect(await message).toBeUndefined();
    expect(await first.keyboard.read('> ')).toBeUndefined();

    const { typist, keyboard } = open();
    const another = keyboard.read('> ');
    typist.type(`typed${CTRL_C}${CTRL_C}`);
    await typist.sees('(Press Ctrl+C again, or Ctrl+D, to leave.)\n> ');
    typist.type(CTRL_C);
    expect(await another).toBeUndefined();
    keyboard.close();
  });

  it('passes Ctrl+C on while nothing is awaited', async () => {
    const { typist, keyboard } = open();
    const interrupted = new Promise<void>((resolve) => keyboard.onInterrupt(resolve));
    typist.type(CTRL_C);
    await interrupted;
    const message = keyboard.read('> ');
    typist.type(`still here${ENTER}`);
    expect(await message).toBe('still here');
    keyboard.close();
  });

  it('gives a question up at Ctrl+C, and takes no answer that was typed before it', async () => {
    const { typist, keyboard } = open();
    typist.type(`y${ENTER}`);
    await new Promise(setImmediate);
    const answer = keyboard.ask('Sure? ');
    await typist.sees('Sure? ');
    typist.type(CTRL_C);
    expect(await answer).toBeUndefined();
    expect(await keyboard.read('> ')).toBe('y');
    keyboard.close();
  });

  it('completes a line', async () => {
    const { typist, keyboard } = open((line) => (line === '/mo' ? ['/model'] : []));
    const message = keyboard.read('> ');
    typist.type('/mo');
    typist.type('\t');
    await typist.sees('/model');
    typist.type(` x${ENTER}`);
    expect(await message).toBe('/model x');
    keyboard.close();
  });

  it('tells the terminal to mark what is pasted, and stops that in the end', () => {
    const { typist, keyboard } = open();
    expect(typist.raw).toBe('\u001B[?2004h');
    keyboard.close();
    expect(typist.raw.endsWith('\u001B[?2004l')).toBe(true);
  });
});
