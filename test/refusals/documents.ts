import type { Refusal } from './refusal.js';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';
const text = { text: 'Hi' };
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const file = (name: string, format = 'pdf', bytes = 'YSxi') => ({
  document: { format, name, source: { bytes } },
});

const noText = {
  message: 'A text block must be included when using documents.',
  source: 'https://github.com/maximhq/bifrost/pull/5817, https://github.com/archestra-ai/archestra/pull/4220',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const badName = {
  message:
    'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, ' +
    "and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file " +
    'name conforms to these restrictions and retry your request.',
  source: 'https://github.com/vercel/ai/issues/20365, https://github.com/simonw/llm-bedrock/issues/8',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const twice = {
  message: "Messages can't contain duplicate document names. Rename the document and retry your request.",
  source:
    'https://github.com/ag-ui-protocol/ag-ui/issues/2425, https://github.com/anomalyco/opencode/pull/48756',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const tooLarge = {
  message: 'The maximum document size is 4.5 MB.',
  source: 'https://github.com/aws-samples/generative-ai-use-cases/issues/1334',
  read: '2026-11-28',
  client: 'says what to do',
  advice: /Send the document in parts, or what it says as text\.$/,
} as const;

/** A little more than 4.5 MB. */
const large = 'A'.repeat(4 * 1_572_900);

const badNames = [
  'attachment.pdf',
  "John's report",
  'résumé',
  'two  spaces',
  'a\ttab',
  'ideographic\u3000space',
  ' ',
].map(
  (name): Refusal => ({
    what: `a document with the name ${JSON.stringify(name)}`,
    modelId: name === 'attachment.pdf' ? NOVA : CLAUDE,
    body: { messages: [user(text, file(name))] },
    ...badName,
    ...(name.includes('\u3000') && {
      source: 'https://github.com/aws-samples/generative-ai-use-cases/issues/1671',
    }),
  }),
);

const exchange = [
  user(text, file('report')),
  assistant({ toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } }),
];
const toolConfig = { tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }] };

const noDocuments = {
  source: 'https://github.com/aws-samples/amazon-bedrock-client-for-mac/issues/137',
  read: '2026-11-29',
} as const;

const wrongFormat = {
  message:
    'The model returned the following errors: messages.0.content.1.source.bytes: The document source bytes could not be parsed ' +
    'as the specified format. If using a text-based format, try source.text instead of source.bytes.',
  source: 'https://github.com/maximhq/bifrost/issues/5472, https://github.com/maximhq/bifrost/issues/4622',
  read: '2026-11-29',
  client: 'repairs',
} as const;

const unknownFormat = (format: string) =>
  ({
    message:
      `1 validation error detected: Value '${format}' at 'messages.1.member.content.2.member.document.format' failed to satisfy ` +
      'constraint: Member must satisfy enum value set: [pdf, csv, doc, docx, xls, xlsx, html, txt, md]',
    source: 'https://github.com/strands-agents/harness-sdk/issues/3019',
    read: '2026-11-29',
    client: 'repairs',
  }) as const;

const base64 = (bytes: string) => btoa(bytes);

export const DOCUMENT_REFUSALS: readonly Refusal[] = [
  ...['us.openai.gpt-6-astra', 'qwen.qwen3-32b-v1:0', 'amazon.nova-micro-v1:0'].map(
    (modelId): Refusal => ({
      what: 'a text document for a model that accepts no documents',
      modelId,
      body: { messages: [user(text, file('numbers', 'csv', base64('a,b\n1,2')))] },
      message:
        "This model doesn't support the document field for user messages. Remove document and try again.",
      ...noDocuments,
      client: 'repairs',
    }),
  ),
  {
    what: 'a PDF for a model that accepts no documents',
    modelId: 'us.openai.gpt-6-astra',
    body: { messages: [user(text, file('report'))] },
    message:
      "This model doesn't support the document field for user messages. Remove document and try again.",
    ...noDocuments,
    client: 'says what to do',
    advice: /Send what the document says as text\.$/,
  },
  {
    what: 'a Word document with the format pdf',
    modelId: CLAUDE,
    body: { messages: [user(text, file('report docx', 'pdf', base64('PK\x03\x04...word/document.xml')))] },
    ...wrongFormat,
  },
  {
    what: 'a PDF with the format txt',
    modelId: 'us.anthropic.claude-sonnet-4-6',
    body: { messages: [user(text, file('report', 'txt', base64('%PDF-1.7')))] },
    ...wrongFormat,
  },
  {
    what: 'a document with part of a media type as its format',
    modelId: CLAUDE,
    body: { messages: [user(text, file('notes.txt', 'octet-stream', base64('Buy milk.')))] },
    ...unknownFormat('octet-stream'),
  },
  {
    what: 'a document with an unknown format',
    modelId: NOVA,
    body: { messages: [user(text, file('mem_2_tooluse_abc123_1', 'unknown', base64('Buy milk.')))] },
    ...unknownFormat('unknown'),
  },
  {
    what: 'a document without a text',
    modelId: NOVA,
    body: { messages: [user(file('report'))] },
    ...noText,
  },
  {
    what: 'a document without a text, in an earlier turn',
    modelId: CLAUDE,
    body: { messages: [user(file('report')), assistant(text), user(text)] },
    ...noText,
  },
  ...badNames,
  {
    what: 'a document with an invalid name in a tool result',
    modelId: CLAUDE,
    body: {
      messages: [
        ...exchange,
        user({ toolResult: { toolUseId: 'tooluse_1', content: [file('slack-file://F0X')] } }),
      ],
      toolConfig,
    },
    ...badName,
    source: 'https://github.com/anomalyco/opencode/pull/37535',
  },
  {
    what: 'a document without a name',
    modelId: CLAUDE,
    body: { messages: [user(text, file(''))] },
    message:
      "1 validation error detected: Value '' at 'messages.1.member.content.2.member.document.name' failed to satisfy " +
      'constraint: Member must have length greater than or equal to 1',
    source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'a document with a name of 201 characters',
    modelId: CLAUDE,
    body: { messages: [user(text, file('x'.repeat(201)))] },
    message:
      /messages\.1\.member\.content\.2\.member\.document\.name' failed .* length less than or equal to 200$/,
    source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'the same document in two turns',
    modelId: CLAUDE,
    body: { messages: [user(text, file('report')), assistant(text), user(text, file('report'))] },
    ...twice,
  },
  {
    what: 'two documents with the same name in one turn',
    modelId: NOVA,
    body: { messages: [user(text, file('report'), file('report', 'docx'))] },
    ...twice,
  },
  {
    what: 'a document in a tool result with the name of another document',
    modelId: CLAUDE,
    body: {
      messages: [...exchange, user({ toolResult: { toolUseId: 'tooluse_1', content: [file('report')] } })],
      toolConfig,
    },
    ...twice,
  },
  {
    what: 'six documents',
    modelId: CLAUDE,
    body: { messages: [user(text, ...'abcdef'.split('').map((name) => file(name)))] },
    message: "You can't include more than 5 documents in a request.",
    source: 'https://github.com/aws-samples/generative-ai-use-cases/issues/1685',
    read: '2026-11-28',
    client: 'says what to do',
    advice: /omit those that are no longer needed, or send what they say as text\.$/,
  },
  {
    what: 'a document of more than 4.5 MB',
    modelId: CLAUDE,
    body: { messages: [user(text, file('report', 'docx', large))] },
    ...tooLarge,
  },
  {
    what: 'a PDF of more than 4.5 MB, before Claude 4',
    modelId: 'anthropic.claude-3-7-sonnet-20250219-v1:0',
    body: { messages: [user(text, file('report', 'pdf', large))] },
    ...tooLarge,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-api-restrictions.html',
  },
  {
    what: 'bytes that are not base64',
    modelId: CLAUDE,
    body: {
      messages: [user(text), assistant({ reasoningContent: { redactedContent: '$%&' } }, text), user(text)],
    },
    message: /^The value at messages\.1\.content\.0\.reasoningContent\.redactedContent is not valid base64\./,
    source:
      'not recorded: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentSource.html',
    read: '2026-11-29',
    client: 'says what to do',
    advice: /redactedContent/,
  },
];
