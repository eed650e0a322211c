import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environment, run } from './run.js';

beforeEach(() => void environment());
afterEach(() => vi.unstubAllEnvs());

describe('every command', () => {
  it('is named in the help', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['local', 'models', 'whoami', 'policy']) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it.each(['local', 'models', 'whoami', 'policy'])('%s has a help that fits 120 columns', async (command) => {
    for (const flag of ['--help', '-h']) {
      const { code, out, err } = await run([command, flag]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(new RegExp(`^Usage: bedrock-anywhere ${command} \\[options\\]\\n`));
      expect(out).toMatch(/^ {2}--help/m);
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    }
  });

  it.each([
    [['models', '--nope'], /Unknown option '--nope'\. List .*bedrock-anywhere models --help/],
    [['models', 'extra'], /Unexpected argument 'extra'/],
    [['models', '--provider', ' , '], /--provider is empty/],
    [['models', '--provider'], /'--provider/],
    [['models', '--region', 'Frankfurt'], /--region Frankfurt is not an AWS region/],
    [['whoami', '--secret'], /Unknown option '--secret'\. List .*bedrock-anywhere whoami --help/],
    [['whoami', '--region', ''], /--region is empty/],
    [['policy', '--invoke'], /Unknown option '--invoke'\. List .*bedrock-anywhere policy --help/],
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
    [['toString'], /There is no command "toString"/],
  ] as [string[], RegExp][])('%j ends with 2 and one line that says what to do', async (args, message) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^bedrock-anywhere: .*\.\n$|^bedrock-anywhere: .* --help\n$/);
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
