// A page with a chat in strict mode, over Bedrock as a guest of a Cognito pool, or over the route /api/chat.
import { createBedrock, fromCognitoIdentityPool, fromResponse, tool } from 'bedrock-anywhere';
import { createElement as h, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { Chat, commits } from './chat.mjs';

const { endpoint, region, pool, role, modelId, ...query } = Object.fromEntries(
  new URLSearchParams(location.search),
);

const bedrock = createBedrock({
  region,
  endpoint,
  maxAttempts: 1,
  credentials: fromCognitoIdentityPool({
    identityPoolId: pool,
    guestRoleArn: role,
    clientConfig: { endpoint },
  }),
});

const direct = ({ signal, ...request }) => bedrock.stream({ modelId, ...request }, { signal });

const byRoute = async ({ signal, ...request }) =>
  fromResponse(await fetch('/api/chat', { method: 'POST', body: JSON.stringify(request), signal }), {
    signal,
  });

const tools = {
  get_title: tool({
    description: 'The title of the page.',
    input: { type: 'object', properties: {} },
    run: () => document.title,
  }),
};

const container = document.getElementById('root');
const mistakes = [];
const chat = h(
  StrictMode,
  null,
  h(Chat, {
    stream: query.route ? byRoute : direct,
    tools: query.tools ? tools : undefined,
    greeting: query.greeting,
    initialMessages: query.initial ? JSON.parse(query.initial) : undefined,
    onChat: (chat) => Object.assign(globalThis, { chat }),
  }),
);
const onRecoverableError = (error) => mistakes.push(String(error));
const root = query.initial
  ? hydrateRoot(container, chat, { onRecoverableError })
  : createRoot(container, { onRecoverableError });
if (!query.initial) root.render(chat);

Object.assign(globalThis, {
  unmount: () => root.unmount(),
  read: () => ({ commits: commits.count, mistakes, html: container.innerHTML }),
});
