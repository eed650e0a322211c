/** Calls whose outcome differs on purpose, and why, in the words of docs/ai-sdk.md. */
export const DIFFERENCES: readonly { calls: RegExp; why: string }[] = [
  {
    calls: /^sampling: (?:sonnet|opus46)$/,
    why: 'A model that accepts `temperature` or `topP`, but not both, gets `temperature`; theirs sends both, and the call fails.',
  },
  {
    calls: /^sampling: (?:oss|llama|deepseek)$/,
    why: '`topK` is sent where Claude and Nova read it; for other models it is omitted, with a warning. Theirs sends it where Bedrock ignores it.',
  },
  {
    calls: /^a streamed tool loop: llama$/,
    why: 'A model that cannot call tools while streaming is called without streaming, and its answer is then streamed to you.',
  },
  {
    calls: /^a strict tool: haiku3$/,
    why: '`strict` is omitted, with a warning, for every Claude that AWS does not list as supporting it, older ones included.',
  },
  {
    calls: /^(?:one|any) forced tool: llama$/,
    why: 'A tool choice that the model rejects becomes the nearest one that it accepts, with a warning, for Llama and Mistral too.',
  },
  {
    calls: /^(?:no tool|a history of tools without tools): /,
    why: 'Tool calls and results in a prompt are kept, even if no tool may be called now; theirs removes them.',
  },
  {
    calls: /^an? (?:streamed )?object(?: beside tools)?: (?:llama|deepseek)$/,
    why: 'A model that cannot be made to call a tool is asked for the object in words; theirs forces a tool, which AWS rejects.',
  },
  {
    calls: /^an object beside tools: opus47$/,
    why: 'If a call has tools and asks for an object, the object comes from one more tool, as long as the model can be made to call it, the newest Claude included; theirs asks in words.',
  },
  {
    calls: /^reasoning: (?:high: haiku3|none: (?:oss|deepseek))$/,
    why: 'A level of `reasoning` that has no effect produces a warning, whatever the model.',
  },
  {
    calls: /^a budget for reasoning: (?:opus47|sonnet55)$/,
    why: 'A budget for a Claude that rejects it becomes adaptive thinking, with a warning; theirs sends it, and the call fails.',
  },
  {
    calls: /^(?:a tool loop|a strict tool): llama$/,
    why: 'Text next to a tool use, which Llama rejects in the next request, is sent as a separate message; theirs sends it as it is, and the call fails.',
  },
  { calls: /^citations$/, why: 'Citations are sources; theirs drops them.' },
  {
    calls: /^an unreadable tool call$/,
    why: 'The finish reason is `error` if the model wrote something that Bedrock could not read; theirs says `other`.',
  },
  {
    calls: /^a tool call that ends like an answer$/,
    why: 'The finish reason is `tool-calls` if the answer has calls for your program, even where Bedrock says `end_turn`; theirs says `stop`.',
  },
  {
    calls: /^throttled requests$/,
    why: "A call makes up to two requests by itself (`maxAttempts`); the AI SDK's `maxRetries` then repeats the whole call.",
  },
  {
    calls:
      /^(?:throttled requests|denied access|an unknown model|(?:a (?:streamed )?tool loop|a strict tool|(?:one|any) forced tool): deepseek)$/,
    why: "After AWS's own words, errors have advice.",
  },
  {
    calls: /^an exception before any content$/,
    why: 'A stream that fails before its first content is retried, like any other call; theirs fails.',
  },
  {
    calls: /^an exception in the text$/,
    why: 'Errors in a stream are `APICallError` too, and parts that are open end before the error.',
  },
  {
    calls: /^a cut answer$/,
    why: 'A truncated answer ends as `interrupted`, with what had arrived; in V3 it ends with an error part.',
  },
  {
    calls: /^a broken connection$/,
    why: 'A broken connection is an error part with what had arrived. The stream itself never throws, except after an abort.',
  },
];
