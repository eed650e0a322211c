import type { ToolSpec } from '../check/request-shape.js';

/** What the demo uses of a prompt to fill in a schema. */
export interface PromptWords {
  /** The choice that the prompt names, if any. */
  choose(choices: readonly unknown[]): unknown;
  /** The words that best fit a parameter of this name and description. */
  text(hint: string): string;
  /** Its numbers, in order. */
  readonly numbers: readonly number[];
}

/** How much of a prompt the demo reads: what a person types. */
const MOST_LETTERS = 2000;

/** How many tools the demo chooses from. */
const MOST_TOOLS = 500;

/** Reads a prompt for the demo. */
export function readPrompt(prompt: string): PromptWords {
  const read = prompt.slice(0, MOST_LETTERS);
  const mentions = createMentions(read);
  return {
    choose: (choices) => choices.find((choice) => typeof choice === 'string' && mentions(choice)),
    text: (hint) => wordsFor(hint, read),
    numbers: [...read.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?!\w)/g)].map((match) => Number(match[0])),
  };
}

/** The tool that a prompt seems to want, by its name or description. */
export function toolCalledFor(tools: readonly ToolSpec[], prompt: string): ToolSpec | undefined {
  const mentions = createMentions(prompt.slice(0, MOST_LETTERS));
  const scored = tools.slice(0, MOST_TOOLS).map((tool) => ({ tool, score: scoreOf(tool, mentions) }));
  scored.sort((a, b) => b.score - a.score);
  const [best] = scored;
  return best !== undefined && best.score > 0 ? best.tool : undefined;
}

/** Words that say nothing about what a tool is for. */
const EMPTY_WORDS = new Set(
  (
    'a an and are by call current data do for from get give given gets fetch find in info information is list look of ' +
    'on or read returns return run search send set show tell that the this to tool use user with your'
  ).split(' '),
);

function scoreOf(tool: ToolSpec, mentions: Mentions): number {
  if (mentions(tool.name)) return 100;
  const nameWords = wordsIn(tool.name.replace(/([a-z])([A-Z])/g, '$1 $2'));
  const described = wordsIn(tool.description ?? '').filter((word) => word.length > 3);
  const byName = nameWords.filter((word) => mentionsStem(mentions, word)).length;
  const byDescription = described.filter((word) => mentionsStem(mentions, word)).length;
  if (byName > 0) return 10 * byName + byDescription;
  return byDescription > 1 ? byDescription : 0;
}

function wordsIn(text: string): string[] {
  const words = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
  return [...new Set(words)].filter((word) => !EMPTY_WORDS.has(word));
}

function mentionsStem(mentions: Mentions, word: string): boolean {
  const stem = word.replace(/(?:ing|ed|es|s)$/, '');
  return ['', 's', 'es', 'ed', 'ing', 'e'].some((end) => mentions(stem + end));
}

/** Whether a prompt contains this word, or these words; case does not matter. */
type Mentions = (phrase: string) => boolean;

function createMentions(prompt: string): Mentions {
  const text = prompt.toLowerCase();
  const words = new Set(text.match(/[\p{L}\p{N}]+/gu));
  return (phrase) => {
    if (phrase === '' || phrase.length > text.length) return false;
    const wanted = phrase.toLowerCase();
    if (/^[\p{L}\p{N}]+$/u.test(wanted)) return words.has(wanted);
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      // Not in the middle of a longer word.
      const [before = '', after = ''] = [text.charAt(at - 1), text.charAt(at + wanted.length)];
      if (!/[\p{L}\p{N}]/u.test(before + after)) return true;
    }
    return false;
  };
}

function wordsFor(hint: string, prompt: string): string {
  const quoted = /["“«]([^"“”«»]+)["”»]/.exec(prompt)?.[1];
  if (quoted !== undefined) return quoted;
  if (/query|question|prompt|text|message|topic|search/i.test(hint))
    return prompt.trim().slice(0, 200) || 'text';
  const place = /\b(?:in|at|for|near|to|from|of)\s+((?:\p{Lu}[\p{L}'’-]*)(?:,?\s+\p{Lu}[\p{L}'’-]*)*)/u.exec(
    prompt,
  )?.[1];
  if (place !== undefined) return place;
  const names = [...prompt.matchAll(/\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)*/gu)];
  const inside = names.find((match) => match.index > 0)?.[0];
  const words = prompt.trim().split(/\s+/);
  return inside ?? (/^.*[^?!.,;:]/.exec(words.at(-1) ?? '')?.[0] || 'text');
}
