import type { DocumentBlock } from '@aws-sdk/client-bedrock-runtime';
import { ADDED, type Note } from '../conversation.js';
import { createNumbering } from '../tools/names.js';
import { pathOf, type Turn } from '../turns.js';

/** The longest name that the service accepts. */
const LONGEST = 200;

/**
 * A name that the service accepts: letters and digits of ASCII, `_ - ( ) [ ]` and single spaces, and not a space alone.
 * Sources: Amazon Bedrock, `DocumentBlock`, which does not list the underscore; https://github.com/vercel/ai/pull/20366 and
 * https://github.com/aws-samples/generative-ai-use-cases/issues/1671, which found that it is accepted (2026-11-28).
 */
const NAME = /^(?! $)(?!.* {2})[\w ()[\]-]{1,200}$/;

/**
 * Gives documents names that are valid and unique in the conversation.
 *
 * Each name depends on the documents before it alone. The next request of a conversation therefore sends the same names
 * again, and the service's prompt cache still matches.
 *
 * @returns A function to be called for each document, in the order of the conversation.
 */
export function createDocumentNames(note: Note) {
  const taken = new Set<string>();
  const number = createNumbering(taken, LONGEST, '-');
  return (document: DocumentBlock, path: () => string): DocumentBlock => {
    const { name } = document;
    const valid = name !== undefined && NAME.test(name) ? name : toValidName(name ?? '');
    const free = taken.has(valid) ? number(valid) : valid;
    taken.add(free);
    if (free === name) return document;
    note('document-name', `${path()}.document.name`, name, free);
    return { ...document, name: free };
  };
}

/** `John's résumé.pdf` becomes `Johns resume pdf`. */
function toValidName(name: string): string {
  const letters = name.normalize('NFKD').replace(/[\p{M}'’]/gu, '');
  return (
    letters
      .replace(/[^\w()[\]-]+/g, ' ')
      .slice(0, LONGEST)
      .trim() || 'document'
  );
}

/** Adds a text to a turn that has a document and no text, which the service rejects. */
export function addDocumentText(turn: Turn, note: Note): void {
  const { pieces } = turn;
  const at = pieces.findIndex(({ block }) => block?.document);
  const piece = pieces[at];
  if (piece === undefined || pieces.some(({ block }) => block?.text ?? block?.guardContent?.text)) return;
  note('document-text', pathOf(piece.place), undefined, ADDED.empty.text);
  const text = { block: ADDED.empty, place: piece.place };
  turn.pieces = [...pieces.slice(0, at + 1), text, ...pieces.slice(at + 1)];
}
