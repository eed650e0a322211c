// A page with a chat: the hook of @ai-sdk/react, whose transport calls Bedrock in the page itself, as a guest of a Cognito pool.
import { useChat } from '@ai-sdk/react';
import { convertToModelMessages, streamText } from 'ai';
import { fromCognitoIdentityPool } from 'bedrock-anywhere';
import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';

const query = new URLSearchParams(location.search);
const endpoint = query.get('endpoint');

const bedrock = createAmazonBedrock({
  region: query.get('region'),
  baseURL: endpoint,
  credentials: fromCognitoIdentityPool({
    identityPoolId: query.get('pool'),
    guestRoleArn: query.get('role'),
    clientConfig: { endpoint },
  }),
});

/** @type {import('ai').ChatTransport<any>} */
const transport = {
  async sendMessages({ messages, abortSignal }) {
    const result = streamText({
      model: bedrock('us.amazon.nova-lite-v1:0'),
      messages: await convertToModelMessages(messages),
      abortSignal,
    });
    return result.toUIMessageStream();
  },
  reconnectToStream: async () => null,
};

function Chat() {
  const { messages, sendMessage, stop, status, error } = useChat({ transport });
  const [asked, setAsked] = useState(0);
  Object.assign(globalThis, {
    chat: {
      ask: (text) => {
        setAsked(asked + 1);
        sendMessage({ text });
      },
      stop,
      read: () => ({
        status,
        error: error?.message,
        texts: messages.map(({ role, parts }) => [
          role,
          parts.flatMap(({ type, text }) => (type === 'text' ? text : [])).join(''),
        ]),
      }),
    },
  });
  return createElement('p', null, status);
}

createRoot(document.body).render(createElement(Chat));
