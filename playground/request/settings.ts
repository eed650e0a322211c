import { GUARDRAIL_VERSION } from './guardrail.js';

/** What is asked for with every message of a conversation. An undefined number leaves the choice to the model. */
export interface Settings {
  modelId: string;
  system: string;
  maxTokens: number | undefined;
  temperature: number | undefined;
  topP: number | undefined;
  stopSequences: readonly string[];
  /** Whether the model is asked to think before it answers. */
  isThinking: boolean;
  effort: string;
  /** Names of the page's tools that the model may call. */
  tools: readonly string[];
  /** JSON Schema of the answer; empty if it is text. */
  schema: string;
  guardrailId: string;
  guardrailVersion: string;
  /** What goes wrong at the local Bedrock, as in its header `x-local-fault`; empty if nothing does. */
  fault: string;
}

export const DEFAULT_SETTINGS: Settings = {
  modelId: '',
  system: '',
  maxTokens: undefined,
  temperature: undefined,
  topP: undefined,
  stopSequences: [],
  isThinking: false,
  effort: 'medium',
  tools: [],
  schema: '',
  guardrailId: '',
  guardrailVersion: GUARDRAIL_VERSION,
  fault: '',
};

/** Makes settings of what was stored or imported: what does not fit is as at the start. */
export function readSettings(value: unknown): Settings {
  const given = Object(value) as Record<string, unknown>;
  const fitting = Object.entries(DEFAULT_SETTINGS).map(([name, standard]) => [
    name,
    fits(name, given[name], standard) ? given[name] : standard,
  ]);
  return Object.fromEntries(fitting) as Settings;
}

/** Longer texts are no prompt or schema that someone has typed or pasted. */
const MOST_LETTERS = 400_000;

function fits(name: string, value: unknown, standard: unknown): boolean {
  if (Array.isArray(standard))
    return (
      Array.isArray(value) &&
      value.length <= 100 &&
      value.every((one) => typeof one === 'string' && one.length < 1000)
    );
  if (typeof standard === 'boolean') return typeof value === 'boolean';
  if (typeof standard === 'string') return typeof value === 'string' && value.length <= MOST_LETTERS;
  if (value === undefined) return true;
  const most = name === 'maxTokens' ? 10_000_000 : 1;
  return typeof value === 'number' && value >= 0 && value <= most;
}
