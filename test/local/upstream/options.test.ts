import { createLocalBedrock, type LocalUpstream } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { modelPath, say, send } from '../request.js';
import { completion } from './server.js';

const KEY = 'sk-Zq8xYt5WvB2nK7mL4pR9';

/** The address that a request goes to. */
async function addressFor(baseURL: string): Promise<string> {
  let asked = '';
  const fetch: typeof globalThis.fetch = async (input) => {
    asked = String(input);
    return Response.json(completion({ content: 'Hello' }));
  };
  const local = createLocalBedrock({ upstream: { baseURL, model: 'any', fetch } });
  await send(local, { path: modelPath('converse'), body: say('Hi') });
  return asked;
}

describe('the option upstream', () => {
  it.each([
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['http://127.0.0.1:11434/v1/', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1/chat/completions'],
  ])('with the base URL %s leads to %s', async (baseURL, address) => {
    expect(await addressFor(baseURL)).toBe(address);
  });

  it.each<[unknown, RegExp]>([
    ['', /upstream is not a URL with http: or https:/],
    ['127.0.0.1:11434', /upstream is not a URL with http: or https:/],
    [{ model: 'a' }, /upstream is not a URL with http: or https:/],
    ['file:///v1', /upstream is not a URL with http: or https:/],
    ['http://ada:hunter2@localhost/v1', /credentials, a query or a fragment.*apiKey/],
    ['http://localhost/v1?key=hunter2', /credentials, a query or a fragment/],
    ['http://localhost/v1/chat/completions', /Pass the base URL, which is everything before/],
    [1, /The option upstream is 1\. Pass a URL, or an object with a baseURL/],
    [{ url: 'http://localhost/v1' }, /upstream has no option url\. Pass baseURL\./],
    [
      { baseURL: 'http://localhost/v1', model: ' ' },
      /upstream\.model is .* Pass the name of a model, or omit it/,
    ],
    [
      { baseURL: 'http://localhost/v1', apiKey: `${KEY}\n` },
      /The apiKey of upstream has characters that cannot be sent/,
    ],
    [{ baseURL: 'http://localhost/v1', headers: { 'x-a': 'ü' } }, /A header of upstream has characters/],
  ])('%j is refused, with what to do and without a secret', (upstream, message) => {
    let said = '';
    try {
      createLocalBedrock({ upstream: upstream as LocalUpstream });
    } catch (error) {
      said = String(error);
    }
    expect(said).toMatch(message);
    expect(said).not.toMatch(/hunter2|sk-Zq8/);
  });

  it('and tools exclude each other', () => {
    expect(() => createLocalBedrock({ upstream: 'http://localhost/v1', tools: 'demo' })).toThrow(
      /tools and upstream are both set\. Omit tools/,
    );
  });
});
