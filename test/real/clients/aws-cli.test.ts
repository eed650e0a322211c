import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bearerOf, bodiesOf, environmentOf, NOVA, SONNET, SONNET_BASE, startBedrock } from './bedrock.js';
import { type Environment, PROGRAMS } from './client.js';
import { findAwsCli } from './python.js';

const version = findAwsCli();

/** Runs the command, and returns what it prints. Rejects with what it prints as an error. */
function aws(env: Environment, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'aws',
      [...args, '--output', 'json'],
      { env: { PATH: process.env['PATH'], HOME: PROGRAMS, AWS_PAGER: '', ...env } },
      (error, out, said) => (error === null ? resolve(out) : reject(new Error(said))),
    );
  });
}

interface Converse {
  output: { message: { content: { text?: string; toolUse?: { name: string } }[] } };
  stopReason: string;
  usage: { inputTokens: number; outputTokens: number };
}

const converse = async (env: Environment, model: string, content: object[], ...more: string[]) =>
  JSON.parse(
    await aws(
      env,
      ...['bedrock-runtime', 'converse', '--model-id', model],
      ...['--messages', JSON.stringify([{ role: 'user', content }]), ...more],
    ),
  ) as Converse;

const HELLO = [{ text: 'Hello' }];

if (version === undefined) {
  describe('The aws command:', () => {
    it.skip('skipped: no aws command that knows Converse', () => {});
  });
} else {
  describe(`The aws command ${version}:`, () => {
    it('answers, with its usage, and obeys a system prompt', async () => {
      const bedrock = await startBedrock({ script: [{ user: 'Hello', text: 'Good morning.' }] });
      const system = ['--system', JSON.stringify([{ text: 'You are polite.' }])];
      const { output, usage, stopReason } = await converse(environmentOf(bedrock), SONNET, HELLO, ...system);
      expect(output.message.content).toEqual([{ text: 'Good morning.' }]);
      expect(usage.outputTokens).toBeGreaterThan(0);
      expect(stopReason).toBe('end_turn');
      expect(bodiesOf(bedrock)[0]?.system).toEqual([{ text: 'You are polite.' }]);
    });

    it('calls the tool that it has to', async () => {
      const bedrock = await startBedrock();
      const json = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
      const toolConfig = JSON.stringify({
        tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json } } }],
        toolChoice: { any: {} },
      });
      const { output, stopReason } = await converse(
        environmentOf(bedrock),
        NOVA,
        HELLO,
        ...['--tool-config', toolConfig],
      );
      expect(output.message.content).toMatchObject([{ toolUse: { name: 'get_weather' } }]);
      expect(stopReason).toBe('tool_use');
    });

    it('sends a document', async () => {
      const bedrock = await startBedrock();
      const document = { format: 'txt', name: 'Report', source: { text: 'Everyone is in it.' } };
      const { output } = await converse(environmentOf(bedrock), SONNET, [
        { document },
        { text: 'Who is in it?' },
      ]);
      expect(output.message.content[0]?.text).toContain('1 document (Report)');
    });

    it('is throttled once, and then answers', async () => {
      const bedrock = await startBedrock({ faults: ['throttle=1'] });
      await converse(environmentOf(bedrock), NOVA, HELLO);
      expect(bedrock.requests.map(({ status }) => status)).toEqual([429, 200]);
    });

    it("names AWS's exception and message if a policy denies the call", async () => {
      const bedrock = await startBedrock({ deny: ['bedrock:InvokeModel'] });
      await expect(converse(environmentOf(bedrock), NOVA, HELLO)).rejects.toThrow(
        /\(AccessDeniedException\) when calling the Converse operation: User: .* is not authorized to perform: bedrock:InvokeModel/,
      );
    });

    it("names AWS's exception and message if the secret is wrong", async () => {
      const bedrock = await startBedrock();
      const env = { ...environmentOf(bedrock), AWS_SECRET_ACCESS_KEY: 'wrong'.repeat(8) };
      await expect(converse(env, NOVA, HELLO)).rejects.toThrow(
        /\(InvalidSignatureException\).*The request signature we calculated does not match/,
      );
    });

    it('uses the API key of the environment', async () => {
      const bedrock = await startBedrock();
      await converse(bearerOf(bedrock), NOVA, HELLO);
      expect(bedrock.requests.map(({ headers }) => headers['authorization'])).toEqual([
        expect.stringMatching(/^Bearer /),
      ]);
    });

    it('takes the region from AWS_DEFAULT_REGION', async () => {
      const bedrock = await startBedrock({ region: 'eu-central-1' });
      const { AWS_REGION: _, ...env } = environmentOf(bedrock);
      await converse(env, 'amazon.nova-lite-v1:0', HELLO);
      expect(bedrock.requests.map(({ status }) => status)).toEqual([200]);
    });

    it('counts the tokens of a prompt for a model', async () => {
      const bedrock = await startBedrock();
      const messages = [{ role: 'user', content: HELLO }];
      const input = JSON.stringify({ converse: { messages } });
      const said = await aws(
        environmentOf(bedrock),
        ...['bedrock-runtime', 'count-tokens', '--model-id', SONNET_BASE, '--input', input],
      );
      expect(JSON.parse(said)).toEqual({ inputTokens: expect.any(Number) as unknown });
    });

    it('lists models, inference profiles, and who it is', async () => {
      const bedrock = await startBedrock();
      const env = environmentOf(bedrock);
      const models = await aws(env, 'bedrock', 'list-foundation-models', '--by-provider', 'Meta');
      expect(models).toContain('meta.llama3-8b-instruct-v1:0');
      expect(models).not.toContain('amazon.nova');
      expect(await aws(env, 'bedrock', 'list-inference-profiles')).toContain(SONNET);
      const profile = ['--inference-profile-identifier', SONNET];
      expect(await aws(env, 'bedrock', 'get-inference-profile', ...profile)).toContain('foundation-model');
      expect(await aws(env, 'sts', 'get-caller-identity')).toContain('"Account": "123456789012"');
    });

    it('says what the local Bedrock does not have', async () => {
      const bedrock = await startBedrock();
      await expect(aws(environmentOf(bedrock), 'bedrock', 'list-model-copy-jobs')).rejects.toThrow(
        /GET \/model-copy-jobs is not implemented by the local Bedrock/,
      );
    });
  });
}
