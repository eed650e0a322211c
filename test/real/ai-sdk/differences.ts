/** Calls whose outcome differs on purpose, and why, in the words of docs/ai-sdk.md. */
export const DIFFERENCES: readonly { calls: RegExp; why: string }[] = [
  {
    calls: /^sampling: (?:sonnet|opus46)$/,
    why: 'A model that accepts `temperature` or `topP`, but not both, gets `temperature`; theirs sends both, and the call fails.',
  },
  {
    calls: /^sampling: (?:oss|llama|deepseek)$/,
    why: '`topK` goes where Claude and Nova read it; for other models it is left out with a warning. Theirs puts it where Bedrock ignores it.',
  },
  {
    calls: /^a streamed tool loop: llama$/,
    why: 'A model that does not call tools in a stream is called without one, and its answer is streamed from there.',
  },
  {
    calls: /^a strict tool: haiku3$/,
    why: '`strict` is left out, with a warning, for every Claude that AWS does not list for it, the older ones too.',
  },
  {
    calls: /^(?:one|any) forced tool: llama$/,
    why: 'A tool choice that the model rejects becomes the nearest one that it accepts, with a warning, also for Llama and Mistral.',
  },
  {
    calls: /^(?:no tool|a history of tools without tools): /,
    why: 'The calls and results of tools in a prompt stay there, even if no tool may be called now; theirs removes them.',
  },
  {
    calls: /^an? (?:streamed )?object(?: beside tools)?: (?:llama|deepseek)$/,
    why: 'A model that cannot be made to call a tool is asked for its object in words; theirs forces a tool, which AWS rejects.',
  },
  {
    calls: /^an object beside tools: opus47$/,
    why: 'An object beside tools comes from one more tool, if the model can be made to call it, on the newest Claude too; theirs asks in words.',
  },
  {
    calls: /^reasoning: (?:high: haiku3|none: (?:oss|deepseek))$/,
    why: 'A level of `reasoning` that changes nothing gives a warning for every model.',
  },
  {
    calls: /^a budget for reasoning: (?:opus47|sonnet55)$/,
    why: 'A budget for a Claude that rejects it becomes adaptive thinking, with a warning; theirs sends it, and the call fails.',
  },
  {
    calls: /^(?:a tool loop|a strict tool): llama$/,
    why: 'Text beside a tool use, which Llama rejects in the next request, moves out of the way; theirs sends it, and the call fails.',
  },
  { calls: /^citations$/, why: 'Citations are sources; theirs drops them.' },
  {
    calls: /^an unreadable tool call$/,
    why: 'The finish reason is `error` if the model wrote something that Bedrock could not read; theirs says `other`.',
  },
  {
    calls: /^throttled requests$/,
    why: 'A call makes up to two requests by itself (`maxAttempts`), and `maxRetries` of the AI SDK repeats the call.',
  },
  {
    calls: /^(?:throttled requests|denied access|an unknown model)$/,
    why: "Errors end with advice behind AWS's own words.",
  },
  {
    calls: /^an exception before any content$/,
    why: 'A stream that fails before its first content is repeated like a call that failed; with theirs it has failed.',
  },
  {
    calls: /^an exception in the text$/,
    why: 'Errors in a stream are `APICallError` too, and open parts end before them.',
  },
  {
    calls: /^a cut answer$/,
    why: 'An answer that was cut ends as `interrupted`, with what had arrived; in V3 it ends with an error part.',
  },
  {
    calls: /^a broken connection$/,
    why: 'A connection that breaks is an error part with what had arrived, and the stream itself never throws, except after an abort.',
  },
];
