import type { Access } from './access.js';

/**
 * What to set in the clients that most people use. A key is only shown if it was made for this start. Claude Code needs no
 * model if its own names for models lead somewhere.
 */
export function describeClients(
  url: string,
  { apiKey, isNew, file }: Pick<Access, 'apiKey' | 'isNew' | 'file'>,
  model: string,
  knowsClaude: boolean,
): string {
  const key = isNew ? apiKey : apiKey === undefined ? '<key>' : '$BEDROCK_GATEWAY_KEY';
  const keys = isNew
    ? `, with the key ${apiKey} until it stops`
    : file === undefined
      ? ''
      : `, with the keys of ${file}`;
  return `Gateway at ${url}${keys}

Claude Code:

  export ANTHROPIC_BASE_URL=${url}
  export ANTHROPIC_AUTH_TOKEN=${key}
  claude${knowsClaude ? '' : ` --model ${model}`}

Codex:

  export GATEWAY_KEY=${key}

and at the beginning of ~/.codex/config.toml:

  model = "${model}"
  model_provider = "gateway"
  [model_providers.gateway]
  name = "Gateway"
  base_url = "${url}/v1"
  env_key = "GATEWAY_KEY"
  wire_api = "responses"

OpenAI's clients:

  export OPENAI_BASE_URL=${url}/v1
  export OPENAI_API_KEY=${key}

curl:

  curl ${url}/v1/chat/completions \\
    -H "Authorization: Bearer ${key}" \\
    -H "Content-Type: application/json" \\
    -d '{"model":"${model}",
         "messages":[{"role":"user","content":"Say hello."}]}'

Press Ctrl+C to stop it.
`;
}
