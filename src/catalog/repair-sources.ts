import { type QuirkRow, row } from './quirk-row.js';
import { type RepairFamily, repairRows } from './repair-rows.js';

/** The sources of each row in `repair-rows`, with their date. */
const SOURCES: Readonly<Record<RepairFamily, readonly [source: string, asOf: string]>> = {
  claude: [
    'api:ToolChoice api:ToolResultContentBlock guide:structured-output can1357/oh-my-pi#12809 trycua/cua#3303 pydantic/pydantic-ai#6098',
    '2026-09-22',
  ],
  claudeStrict: ['guide:structured-output BerriAI/litellm#33193', '2026-08-22'],
  claudeThinking: ['guide:claude-messages-extended-thinking langchain-ai/langchain-aws#1141', '2026-07-02'],
  claudePrefill: ['anomalyco/opencode#29760', '2026-05-28'],
  claudeUnstrict: ['ai-sdk BerriAI/litellm#33193 lobehub/lobehub#19876', '2026-09-23'],
  claudeChoice: ['run-llama/llama_index#23207 probes ai-sdk', '2026-09-29'],
  nova: [
    'api:ToolChoice api:ToolResultContentBlock nova:userguide/tool-use-definition zed-industries/zed#28521',
    '2026-11-28',
  ],
  images: ['api:ToolResultContentBlock anomalyco/opencode#50272 pydantic', '2026-09-21'],
  documents: [
    'aws-samples/amazon-bedrock-client-for-mac#137 probes pydantic guide:conversation-inference-supported-models-features',
    '2026-09-18',
  ],
  gpt: ['api:ToolResultContentBlock', '2026-11-26'],
  choice: ['probes notebooks', '2026-09-22'],
  strict: ['guide:structured-output pydantic probes', '2026-08-22'],
  llama: ['langchain', '2026-08-20'],
  llama4: ['anomalyco/opencode#50272 pydantic', '2026-09-21'],
  mistralLarge: ['langchain', '2026-08-20'],
  alone: ['pydantic/pydantic-ai#6098', '2026-06-27'],
  llamaUses: ['quarkiverse/quarkus-langchain4j#1983', '2026-11-29'],
  redacted: ['probes notebooks', '2026-11-26'],
  emptyResults: ['strands-agents/harness-sdk#2122 stdapi-ai/stdapi.ai#226', '2026-09-10'],
  palmyra: ['pydantic', '2026-08-22'],
  mistral: ['anomalyco/opencode#48843 ai-sdk', '2026-09-29'],
  prefill: ['probes', '2026-08-01'],
};

/** The rows that request repair uses, with their sources. */
export function sourcedRepairRows(): QuirkRow[] {
  const rows = repairRows();
  return (Object.keys(rows) as RepairFamily[]).map((name) => row(...rows[name], ...SOURCES[name]));
}
