import type { ConnectionKind } from '../connection/connection.js';
import type { Settings } from '../request/settings.js';
import { Icon, type IconName } from './icon.js';

/** A first message, with the settings that it needs. */
export interface Suggestion {
  icon: IconName;
  title: string;
  text: string;
  prompt: string;
  settings?: Partial<Settings>;
}

const TRIP_SCHEMA = JSON.stringify(
  {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer' },
      sights: { type: 'array', items: { type: 'string' } },
    },
    required: ['city', 'days', 'sights'],
    additionalProperties: false,
  },
  null,
  2,
);

const SUGGESTIONS: readonly Suggestion[] = [
  {
    icon: 'think',
    title: 'Take the tour',
    text: 'Reasoning, a table and some code',
    prompt: 'Show me what you can do.',
    settings: { isThinking: true },
  },
  {
    icon: 'tool',
    title: 'Call a tool',
    text: 'The clock of this page answers',
    prompt: 'What time is it in Tokyo?',
    settings: { tools: ['current_time'] },
  },
  {
    icon: 'braces',
    title: 'Get JSON',
    text: 'An answer in the shape of a schema',
    prompt: 'Plan 3 days in Lisbon.',
    // Claude cannot be made to keep to a schema while it thinks.
    settings: { schema: TRIP_SCHEMA, isThinking: false },
  },
  {
    icon: 'edit',
    title: 'Write something',
    text: 'A poem, word by word',
    prompt: 'Write a poem about why the sky is blue.',
  },
];

interface WelcomeProps {
  kind: ConnectionKind;
  onSuggestion(suggestion: Suggestion): void;
  onConnection(): void;
}

/** The page before anything was said. */
export function Welcome({ kind, onSuggestion, onConnection }: WelcomeProps) {
  return (
    <main class="welcome" tabIndex={-1} aria-label="Conversation">
      <div class="welcome-inside">
        <h1>What would you like to ask?</h1>
        <p>
          {kind === 'local' ? (
            <>
              A local Bedrock inside this page makes up the answers: no account, no cost, nothing leaves the
              browser.{' '}
              <button type="button" class="link" onClick={onConnection}>
                Connect to AWS
              </button>{' '}
              for real ones.
            </>
          ) : kind === 'machine' || kind === 'gateway' ? (
            'Requests go to your own server, which passes them on to Bedrock.'
          ) : (
            'Requests go from this page to Bedrock, with nothing in between.'
          )}
        </p>
        <ul>
          {SUGGESTIONS.map((suggestion) => (
            <li key={suggestion.title}>
              <button type="button" class="suggestion" onClick={() => onSuggestion(suggestion)}>
                <Icon name={suggestion.icon} />
                <b>{suggestion.title}</b>
                <span>{suggestion.text}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
