/** A page that asks Bedrock by itself, with a key that its server makes. */
import { createBedrock, fromBearerToken } from 'bedrock-anywhere';

/** `<html data-region="eu-central-1">`; `data-endpoint` leads to a local Bedrock. */
const { region, endpoint } = document.documentElement.dataset;

const bedrock = createBedrock({
  region,
  endpoint,
  // Asked when the first request is made, and again shortly before the key ends.
  credentials: fromBearerToken(async () => {
    const response = await fetch('/bedrock-key', { method: 'POST' });
    if (!response.ok) throw new Error(`The server sent no key: it answered with ${response.status}.`);
    return response.text();
  }),
});

document.querySelector('form')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const prompt = String(new FormData(event.target as HTMLFormElement).get('prompt'));
  const output = document.querySelector('output');
  if (output === null) return;
  output.textContent = '';
  try {
    const answer = bedrock.stream({
      modelId: 'amazon.nova-lite-v1:0',
      messages: [{ role: 'user', content: [{ text: prompt }] }],
    });
    for await (const text of answer.textStream()) output.append(text);
    output.dataset['state'] = 'done';
  } catch (error) {
    output.textContent = error instanceof Error ? error.message : String(error);
    output.dataset['state'] = 'failed';
  }
});
