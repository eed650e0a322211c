import type { LocalServer } from 'bedrock-anywhere/local/node';
import { expect } from 'vitest';
import { bearerOf, environmentOf, SONNET, startBedrock } from '../bedrock.js';
import type { Environment, Failure } from '../client.js';
import type { Candidate, DefineCase, Running } from '../suite.js';
import type { Answered, Streamed } from './answers.js';

/** What is wrong with a caller, and what AWS says to it. */
const REFUSED: readonly (readonly [string, (bedrock: LocalServer) => Environment, string])[] = [
  [
    'the secret is wrong',
    (bedrock) => ({ ...environmentOf(bedrock), AWS_SECRET_ACCESS_KEY: 'wrong'.repeat(8) }),
    'The request signature we calculated does not match the signature you provided.',
  ],
  [
    'the access key is unknown',
    (bedrock) => ({ ...environmentOf(bedrock), AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }),
    'The security token included in the request is invalid.',
  ],
  [
    'the session token is wrong',
    (bedrock) => ({ ...environmentOf(bedrock), AWS_SESSION_TOKEN: 'wrong' }),
    'The security token included in the request is invalid.',
  ],
  [
    'the region is another one',
    (bedrock) => ({ ...environmentOf(bedrock), AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' }),
    'Credential should be scoped to a valid region.',
  ],
  [
    'the API key is wrong',
    (bedrock) => ({ ...bearerOf(bedrock), AWS_BEARER_TOKEN_BEDROCK: 'ABSKwrong' }),
    'Authentication failed: Please make sure your API Key is valid.',
  ],
];

/** What AWS refuses, and what breaks off. */
export function testFailures(
  client: Running,
  define: DefineCase,
  { failuresOf: model = SONNET }: Candidate,
): void {
  define('answer', 'is throttled once, and then answers', async () => {
    const bedrock = await startBedrock({
      script: [{ once: true, error: 'ThrottlingException' }, { text: 'Here.' }],
    });
    const input = { model, prompt: 'Hello' };
    const { text } = await client().run<Answered>('answer', environmentOf(bedrock), input);
    expect(text).toBe('Here.');
    expect(bedrock.requests.map(({ status }) => status)).toEqual([429, 200]);
  });

  define('answer', "names AWS's exception and message if a policy denies the call", async () => {
    const actions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
    const bedrock = await startBedrock({ deny: actions });
    // The AI SDK keeps the words in the body: IAM writes them in the member `Message`.
    const input = { model, prompt: 'Hello' };
    const text = JSON.stringify(await client().fail('answer', environmentOf(bedrock), input));
    expect(text).toMatch(/is not authorized to perform: bedrock:InvokeModel/);
    expect(text).toMatch(/AccessDenied|"status":403/);
  });

  define('answer', "names AWS's exception and message if the account has no access to a model", async () => {
    const bedrock = await startBedrock({ noAccess: [model.replace(/^us\./, '')] });
    const failure = await client().fail('answer', environmentOf(bedrock), {
      model,
      prompt: 'Hello',
    });
    expect(`${failure.message} ${failure.cause?.message}`).toContain(
      "You don't have access to the model with the specified model ID.",
    );
    expect(JSON.stringify(failure)).toMatch(/AccessDenied|"status":403/);
  });

  for (const [what, change, words] of REFUSED) {
    define('answer', `shows AWS's words if ${what}`, async () => {
      const bedrock = await startBedrock();
      const env = change(bedrock);
      const text = JSON.stringify(await client().fail('answer', env, { model, prompt: 'Hello' }));
      expect(text).toContain(words);
      expect(bedrock.requests.map(({ status }) => status)).toEqual([403]);
    });
  }

  define('answer', 'says that a model does not exist', async () => {
    const bedrock = await startBedrock();
    const input = { model: 'amazon.none-v1:0', prompt: 'Hello' };
    const text = JSON.stringify(await client().fail('answer', environmentOf(bedrock), input));
    expect(text).toContain('The provided model identifier is invalid.');
  });

  define('answer', 'says that a prompt is too long', async () => {
    const bedrock = await startBedrock();
    const input = { model, prompt: 'word '.repeat(200_000) };
    const text = JSON.stringify(await client().fail('answer', environmentOf(bedrock), input));
    // Some clients have an error of their own for it.
    expect(text).toMatch(/prompt is too long|ContextWindowOverflow/);
  });

  define('stream', 'reports that a stream fails midway', async () => {
    const error = { name: 'ModelStreamErrorException', message: 'The model broke off.', afterEvents: 6 };
    const bedrock = await startBedrock({ script: [{ text: 'word '.repeat(100), error }] });
    const input = { model, prompt: 'Go on' };
    const { texts, failure } = await client().run<Streamed & { failure?: Failure }>(
      'stream',
      environmentOf(bedrock),
      input,
    );
    expect(texts.join('')).toMatch(/^word /);
    expect(JSON.stringify(failure)).toMatch(/The model broke off\./);
  });
}
