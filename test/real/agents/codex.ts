import { agents } from '../../../scripts/agents/install.mjs';
import { runAgent } from './workplace.js';

/** Where Codex finds Responses, and with which key. */
export interface Provider {
  baseUrl: string;
  apiKey: string;
}

/** The arguments that start Codex for one prompt, and its environment. */
export function codexCommand(
  folder: string,
  { baseUrl, apiKey }: Provider,
  model: string,
  prompt: string,
  more: readonly string[] = [],
): { args: string[]; env: Record<string, string> } {
  const provider = Object.entries({
    name: 'own',
    base_url: baseUrl,
    env_key: 'OWN_KEY',
    wire_api: 'responses',
  }).flatMap(([name, value]) => ['-c', `model_providers.own.${name}=${JSON.stringify(value)}`]);
  const args = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
  return {
    args: [...args, '-c', 'model_provider=own', ...provider, '-m', model, ...more, '--', prompt],
    env: { CODEX_HOME: folder, OWN_KEY: apiKey },
  };
}

/** Gives Codex a prompt in a folder, and returns what it printed. */
export function runCodex(
  folder: string,
  provider: Provider,
  model: string,
  prompt: string,
  more: readonly string[] = [],
): Promise<string> {
  const { args, env } = codexCommand(folder, provider, model, prompt, more);
  return runAgent(agents.codex.path, args, folder, env);
}
