import { agents } from '../../../scripts/agents/install.mjs';
import { runAgent } from './workplace.js';

const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
};

/** What Claude Code prints at the end of a turn. */
export interface ClaudeCodeResult {
  is_error: boolean;
  result: string;
  num_turns: number;
}

/** The variables that point Claude Code to an address, by the mode that it runs in. */
export const MODES = {
  messages: (url: string) => ({ ANTHROPIC_BASE_URL: url }),
  bedrock: (url: string) => ({ CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_BEDROCK_BASE_URL: url }),
  mantle: (url: string) => ({
    CLAUDE_CODE_USE_MANTLE: '1',
    ANTHROPIC_BEDROCK_MANTLE_BASE_URL: `${url}/anthropic`,
  }),
};

/** What starts Claude Code for one prompt. */
export function claudeCodeCommand(
  model: string,
  prompt: string,
  env: Record<string, string>,
): { path: string; args: string[]; env: Record<string, string> } {
  const tools = ['Bash(ls:*)', 'Read(./**)'];
  return {
    path: agents.claudeCode.path,
    args: ['-p', prompt, '--output-format', 'json', '--allowedTools', ...tools, '--model', model],
    env: { ...QUIET, AWS_REGION: 'us-east-1', ...env },
  };
}

/** Gives Claude Code a prompt in a folder, and waits until it has done what the prompt says. */
export async function runClaudeCode(
  folder: string,
  model: string,
  prompt: string,
  env: Record<string, string>,
): Promise<ClaudeCodeResult> {
  const { path, args, env: whole } = claudeCodeCommand(model, prompt, env);
  const printed = await runAgent(path, args, folder, whole);
  return JSON.parse(printed.slice(printed.indexOf('{'))) as ClaudeCodeResult;
}
