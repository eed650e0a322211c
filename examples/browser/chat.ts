/** A chat that asks Bedrock from the page itself: with guests of a Cognito identity pool, or a short-term API key. */
import {
  type Bedrock,
  type ConverseStream,
  type ConverseStreamRequest,
  createBedrock,
  fromBearerToken,
  fromCognitoIdentityPool,
  isBedrockError,
} from 'bedrock-anywhere';

/** What the server of the page knows; nothing where the page stands alone. */
interface Settings {
  /** Address of a local Bedrock, which serves the identity pool too. Default: AWS. */
  endpoint?: string;
  region?: string;
  identityPoolId?: string;
  /** The role that guests of the pool assume. */
  guestRoleArn?: string;
}

const element = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element #${id}.`);
  return found as Kind;
};
const composer = element<HTMLFormElement>('composer');
const [prompt, model, button] = composer.elements as unknown as [
  HTMLTextAreaElement,
  HTMLSelectElement,
  HTMLButtonElement,
];
const form = element<HTMLFormElement>('settings');
const conversation = element('conversation');

const settings = await serverSettings();
const messages: NonNullable<ConverseStreamRequest['messages']> = [];
let bedrock: Bedrock | undefined;
let underWay: ConverseStream | undefined;

async function serverSettings(): Promise<Settings> {
  const response = await fetch('/settings.json');
  return response.ok ? ((await response.json()) as Settings) : {};
}

/** Connects as the form says, and lists what can be asked. */
async function connect(): Promise<void> {
  const { region, way, identityPoolId, guestRoleArn, apiKey } = Object.fromEntries(
    new FormData(form),
  ) as Record<string, string>;
  const { endpoint } = settings;
  show('Connecting …', 'idle');
  try {
    bedrock = createBedrock({
      region,
      endpoint,
      credentials:
        way === 'key'
          ? fromBearerToken(apiKey ?? '')
          : fromCognitoIdentityPool({
              identityPoolId: identityPoolId ?? '',
              guestRoleArn,
              clientConfig: { endpoint },
            }),
    });
    const { models } = await bedrock.discover();
    model.replaceChildren(...models.map(({ id, name }) => new Option(name, id)));
    model.disabled = button.disabled = false;
    show(`${endpoint === undefined ? region : 'Local Bedrock'} · ${models.length} models`, 'connected');
    element<HTMLDetailsElement>('connection').open = false;
    prompt.focus();
  } catch (error) {
    show(sayWhy(error), 'failed');
  }
}

/** Asks, and shows the answer as it comes. What fails or is stopped does not become part of the conversation. */
async function ask(question: string): Promise<void> {
  if (bedrock === undefined) return;
  conversation.append(block('p', 'question', question));
  messages.push({ role: 'user', content: [{ text: question }] });
  const answer = block('article', 'answer');
  const note = block('footer');
  const thoughts = block('details');
  thoughts.append(block('summary', '', 'Reasoning'));
  conversation.append(answer);
  // Some models refuse the reasoning of earlier answers: what one refuses is left out.
  underWay = bedrock.stream({ modelId: model.value, messages }, { repair: 'all' });
  button.textContent = 'Stop';
  try {
    for await (const event of underWay) {
      if (event.type !== 'contentBlockDelta') continue;
      const { text, reasoningContent } = event.delta;
      if (reasoningContent?.text !== undefined) {
        if (!thoughts.isConnected) answer.prepend(thoughts);
        thoughts.append(reasoningContent.text);
      }
      if (text !== undefined) answer.append(text);
      conversation.scrollTop = conversation.scrollHeight;
    }
    const { message, usage } = await underWay.result();
    messages.push(message);
    if (usage !== undefined) note.append(`${usage.inputTokens} tokens in, ${usage.outputTokens} out`);
    answer.dataset['state'] = 'done';
  } catch (error) {
    messages.pop();
    const wasStopped = isBedrockError(error) && error.code === 'ERR_CANCELLED';
    note.append(wasStopped ? 'Stopped' : sayWhy(error));
    answer.dataset['state'] = wasStopped ? 'stopped' : 'failed';
  } finally {
    underWay = undefined;
    button.textContent = 'Send';
    answer.append(note);
    conversation.scrollTop = conversation.scrollHeight;
  }
}

/** The code is for programs, the message for people: it says what to do. */
function sayWhy(error: unknown): string {
  return isBedrockError(error) ? `${error.code} · ${error.message}` : String(error);
}

function show(text: string, state: 'idle' | 'connected' | 'failed'): void {
  const status = element('status');
  status.textContent = text;
  status.dataset['state'] = state;
}

function block(name: string, className = '', text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void connect();
});
composer.addEventListener('submit', (event) => {
  event.preventDefault();
  if (underWay !== undefined) return void underWay.cancel();
  const question = prompt.value.trim();
  prompt.value = '';
  if (question !== '') void ask(question);
});
prompt.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

for (const name of ['region', 'identityPoolId', 'guestRoleArn'] as const) {
  const field = form.elements.namedItem(name) as HTMLInputElement;
  field.value = settings[name] ?? field.value;
}
if (settings.identityPoolId === undefined) element<HTMLDetailsElement>('connection').open = true;
else await connect();
