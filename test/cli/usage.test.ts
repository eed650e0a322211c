import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { environment, run } from './run.js';

const NAMES = COMMANDS.map(({ name }) => name);

beforeEach(() => void environment());
afterEach(() => vi.unstubAllEnvs());

describe('every command', () => {
  it('is named in the help', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of NAMES) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it.each(NAMES)('%s has a help that fits 120 columns', async (command) => {
    for (const args of [
      [command, '--help'],
      [command, '-h'],
      ['help', command],
    ]) {
      const { code, out, err } = await run(args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(new RegExp(`^Usage: bedrock-anywhere ${command}`));
      expect(out).toMatch(/^ {2}(?:-h, )? *--help/m);
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    }
  });

  it.each([
    [['models', '--nope'], /Unknown option '--nope'\. List .*bedrock-anywhere models --help/],
    [['whoami', 'extra'], /Unexpected argument 'extra'/],
    [['models', '--can', 'tool'], /--can tool is unknown\. Did you mean "tools"\? Pass one of image, /],
    [['models', '--sort', 'toString'], /--sort toString is unknown\. Pass one of id, /],
    [['models', '--min-context', 'big'], /--min-context big is not a number of tokens/],
    [['models', '--max-price', 'x'], /--max-price x is not valid\. Pass USD per million output tokens/],
    [['models', '--provider', ' , '], /--provider is empty/],
    [['models', '--provider'], /'--provider/],
    [['models', '--region', 'Frankfurt'], /--region Frankfurt is not an AWS region/],
    [['whoami', '--secret'], /Unknown option '--secret'\. List .*bedrock-anywhere whoami --help/],
    [['whoami', '--region', ''], /--region is empty/],
    [
      ['policy', '--convers'],
      /Unknown option '--convers'\. Did you mean --converse\? List .*bedrock-anywhere policy --help/,
    ],
    [['models', '--regoin', 'x'], /Did you mean --region\?/],
    [['policy', '--account', '123'], /--account 123 is not an account id/],
    [['policy', '--model', 'nova lite'], /--model nova lite is not the id/],
    [['policy', '--model', 'arn:aws:bedrock:us-east-1'], /is not a complete ARN/],
    [['policy', '--model', 'arn:aws:s3:us-east-1:123456789012:bucket/x'], /is not a complete ARN/],
    [['policy', '--model', 'arn:aws:bedrock:us-east-1:123456789012:prompt/P1'], /is the ARN of a prompt/],
    [
      ['policy', '--model', 'arn:aws:bedrock:us-east-1:123456789012:guardrail/a'],
      /is the ARN of a guardrail/,
    ],
    [['policy', '--guardrail', 'My Rail'], /--guardrail My Rail is not the id of a guardrail/],
    [
      ['policy', '--guardrail', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
      /Pass the ARN of a guardrail/,
    ],
    [['policy', '--discover', '--model', 'amazon.nova-lite-v1:0'], /--model only applies to calls to models/],
    [['policy', '--count-tokens', '--guardrail', 'abc'], /--guardrail only applies to calls to models/],
    [['serve', '--alias', 'gpt-4o'], /--alias gpt-4o is not an alias/],
    [['serve', '--script', 'a.json'], /Pass --local with it/],
    [['serve', '--port', '99999'], /--port 99999 is not a port/],
    [['toString'], /There is no command "toString"/],
    [['modles'], /There is no command "modles"\. Did you mean "models"\? List/],
    [['modles', '--json', 'two words'], /Did you mean "models"\?/],
    [['Explain'], /There is no command "Explain"\. List/],
    [['Why', 'is', 'it'], /Put a prompt in quotes: npx bedrock-anywhere "Why is it"$/m],
    [['help', 'modles'], /Did you mean "models"\?/],
    [['--nope'], /"--nope" is not a command/],
    [['ask', '--local'], /There is no prompt\. Pass one/],
    [
      ['ask', '--local', '--temperature', '2', 'x'],
      /--temperature 2 is not valid\. Pass a number from 0 to 1/,
    ],
    [['ask', '--local', '--max-tokens', '0', 'x'], /--max-tokens 0 is not valid/],
    [['ask', '--local', '-c', 'x'], /There is no conversation to continue/],
    [['ask', '--local', '-a', 'https://example.com/x.png', 'x'], /is an address\. Download it/],
    [['ask', '--local', '--region', 'sa-east-1', 'x'], /There is no default model for sa-east-1/],
  ] as [string[], RegExp][])('%j ends with 2 and one line that says what to do', async (args, message) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^bedrock-anywhere: .*\.\n$|^bedrock-anywhere: .*(?: --help|: npx bedrock-anywhere .+)\n$/,
    );
    expect(err).toMatch(message);
  });

  it.each([
    [['\u001b]0;x\u0007models'], {}],
    [['models', '--region', '\u009b2J'], {}],
    [['whoami'], { AWS_REGION: 'eu\u001b[2J\r' }],
    [['policy'], { AWS_REGION: 'eu\u202e\u001b[2J' }],
  ])('%j with %j sends no escape sequence to the terminal', async (args, variables) => {
    environment(variables);
    const { out, err } = await run(args);
    expect(err).toMatch(/\\u00(1b|9b)/);
    expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});
