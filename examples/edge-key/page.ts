/** A page that calls Bedrock itself, with a key that its server makes for those who have an access token. */
import { createBedrock, fromBearerToken } from 'bedrock-anywhere';

/** `<html data-region="eu-central-1">`; `data-endpoint` leads to a local Bedrock. */
const { region, endpoint } = document.documentElement.dataset;

const form = document.querySelector('form') ?? undefined;

/** Reads a field of the form. The access token is not stored: it is gone when the page is. */
const read = (name: string) => String(new FormData(form).get(name));

const bedrock = createBedrock({
  region,
  endpoint,
  // Called for the first request, and again shortly before the key expires.
  credentials: fromBearerToken(async ({ signal }) => {
    const headers = { authorization: `Bearer ${read('token')}` };
    const response = await fetch('/bedrock-key', { method: 'POST', headers, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`The server sent no key (${response.status}): ${text}`);
    return text;
  }),
});

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const output = document.querySelector('output');
  if (output === null) return;
  output.textContent = '';
  try {
    const answer = bedrock.stream({
      modelId: 'amazon.nova-lite-v1:0',
      messages: [{ role: 'user', content: [{ text: read('prompt') }] }],
    });
    for await (const text of answer.textStream()) output.append(text);
    output.dataset['state'] = 'done';
  } catch (error) {
    output.textContent = error instanceof Error ? error.message : String(error);
    output.dataset['state'] = 'failed';
  }
});
