/** Who is measured, and how each is started and called. All but `direct` are processes between the client and the upstream. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, installInCache } from '../../scripts/user-cache.mjs';
import { cleanEnvironment } from '../prepare.mjs';

const KEY = 'sk-bench-0123456789abcdef';
const PORTKEY = '1.15.2';
const portkeyFolder = cacheFolder(`bench-portkey-${PORTKEY}`);
const portkeyServer = join(portkeyFolder, 'node_modules/@portkey-ai/gateway/build/start-server.js');

const inFolder = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a program that sends its port. */
export async function startProgram(name, args) {
  const child = fork(inFolder(name), args.map(String), { env: cleanEnvironment() });
  const [port] = await once(child, 'message');
  return { port, pid: child.pid, stop: () => stop(child) };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

const chat = {
  path: () => '/v1/chat/completions',
  headers: { authorization: `Bearer ${KEY}` },
  body: (model, isStream) => ({
    model,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Say hello.' },
    ],
    max_tokens: 200,
    ...(isStream && { stream: true }),
  }),
  isEnd: (text) => text.endsWith('data: [DONE]\n\n'),
  isContent: (text) => text.includes('"content":" word'),
};

export const CONTENDERS = [
  {
    id: 'direct',
    title: 'direct: Converse, without a gateway',
    start: async (upstream) => ({ port: upstream, pid: undefined, stop: async () => {} }),
    call: {
      path: (model, isStream) => `/model/${encodeURIComponent(model)}/converse${isStream ? '-stream' : ''}`,
      headers: { authorization: 'Bearer bedrock-api-key-bench' },
      body: () => ({
        system: [{ text: 'Be brief.' }],
        messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }],
        inferenceConfig: { maxTokens: 200 },
      }),
      isEnd: (text) => text.includes('metadata'),
      isContent: (text) => text.includes(' word'),
    },
  },
  {
    id: 'proxy',
    title: 'a proxy that copies bytes',
    start: (upstream) => startProgram('proxy.mjs', [upstream]),
    call: chat,
  },
  {
    id: 'handler',
    title: 'a fetch handler that only parses and sends on',
    start: (upstream) => startProgram('handler.mjs', [upstream]),
    call: chat,
  },
  {
    id: 'ours',
    title: 'bedrock-anywhere, Chat Completions to Converse',
    start: (upstream, { streams }) => startProgram('ours.mjs', [upstream, KEY, Math.max(512, streams + 8)]),
    call: chat,
  },
  {
    id: 'portkey',
    title: `Portkey ${PORTKEY}, Chat Completions to Converse`,
    install: () => installInCache(portkeyFolder, { '@portkey-ai/gateway': PORTKEY }),
    missing: () => (existsSync(portkeyServer) ? undefined : 'it is not installed'),
    start: startPortkey,
    call: {
      ...chat,
      headers: {
        'x-portkey-provider': 'bedrock',
        'x-portkey-aws-region': 'us-east-1',
        'x-portkey-aws-access-key-id': 'AKIDBENCH',
        'x-portkey-aws-secret-access-key': 'secret',
      },
    },
  },
];

/** It takes a port and says nothing, so that it is there once it accepts a connection. */
async function startPortkey(upstream) {
  const port = await freePort();
  const child = spawn(process.execPath, [portkeyServer, `--port=${port}`, '--headless'], {
    env: { ...cleanEnvironment(), TRUSTED_CUSTOM_HOSTS: 'localhost,127.0.0.1' },
    // It reports each stream as an error of its own log.
    stdio: 'ignore',
  });
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`Portkey ended with the code ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const headers = { 'x-portkey-custom-host': `http://127.0.0.1:${upstream}` };
  return { port, pid: child.pid, headers, stop: () => stop(child) };
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
