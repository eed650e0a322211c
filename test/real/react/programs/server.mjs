// Renders the chat on a server.
import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { Chat } from './chat.mjs';

const initialMessages = JSON.parse(process.argv[2]);
console.log(renderToString(h(Chat, { initialMessages, stream: () => Promise.reject(new Error('never')) })));
