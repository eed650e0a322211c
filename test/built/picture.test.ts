import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawPicture, PICTURE } from '../../scripts/make-picture.mjs';
import { linesOf } from '../../scripts/picture/screen.mjs';

describe('the screen of a terminal', () => {
  const plain = (text: string) => ({ text, style: 'plain' });

  it('has styles and lines', () => {
    expect(linesOf('a \u001B[1mb\u001B[22m\n\u001B[2mc\u001B[22m\n', 80)).toEqual([
      [plain('a '), { text: 'b', style: 'bold' }],
      [{ text: 'c', style: 'dim' }],
    ]);
  });

  it('goes on in the next line at its edge', () => {
    expect(linesOf('abc\nabcd\n', 3)).toEqual([[plain('abc')], [plain('abc')], [plain('d')]]);
  });

  it('shows nothing of a line that was erased', () => {
    expect(linesOf('\r⠋ Waiting …\r\u001B[Kdone\n', 80)).toEqual([[plain('done')]]);
  });
});

it("the README's picture shows what the command prints; npm run picture writes it", async () => {
  expect(await drawPicture()).toBe(readFileSync(PICTURE, 'utf8'));
});
