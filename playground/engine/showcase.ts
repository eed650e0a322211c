import type { ScriptRule } from 'bedrock-anywhere/local';

/** What the local Bedrock answers to the suggestions of an empty page: text that shows what the page does with it. */
const TOUR = `Happy to. I am the **local Bedrock**: a stand-in inside this page that checks every request as AWS does, and makes up the answers.

### What you are looking at

| Part | What it does |
|:--|:--|
| Model menu | every model that can be invoked, with context and price |
| Reasoning | folded; open it to see how an answer came about |
| Numbers | time to first token, tokens per second, cost |

The same call in your own code:

\`\`\`ts
import { createBedrock, fromBearerToken } from 'bedrock-anywhere';

const bedrock = createBedrock({
  region: 'eu-central-1',
  credentials: fromBearerToken(key), // or Cognito, or session keys
});

for await (const text of bedrock.stream({ modelId, prompt: 'Hello!' }).textStream()) {
  output.append(text);
}
\`\`\`

Worth trying next:

1. **Stop** an answer halfway, then *edit* your message and send it again.
2. Switch on a tool and ask for the time in Tokyo.
3. Choose a fault, such as a throttled request, and watch it being retried.

> Ready for a real model? Open **Connection** and paste a short-term API key.`;

const POEM = `Light, which came as every colour,
meets the air and breaks its stride:
blue, the shortest and the fuller,
scatters out to every side.

Evening asks a longer passage,
blue is spent along the way;
red alone can bring the message
of the ending of the day.`;

const PLAN = `Three days, by train and on foot:

- **Day 1: the old town.** Walk the arcades from the station to the Bear Park.
  - Coffee under the *Zytglogge* before its figures move at noon
  - The Münster tower: 344 steps
- **Day 2: the river.** In summer people swim down the Aare from the Eichholz; take a waterproof bag.
- **Day 3: the mountains.** Thun is 20 minutes away by train, and the boat takes you on from there.

Estimated cost for two:

| | CHF |
|:--|--:|
| Train | 96 |
| Two nights | 340 |
| Food | 210 |
| **Total** | **646** |`;

export const SHOWCASE: readonly ScriptRule[] = [
  {
    user: { pattern: '^show me what', flags: 'i' },
    reasoning:
      'The user wants a tour. A short answer with a table, some code and a list shows most of what this page can render, so I will write one of each.',
    text: TOUR,
  },
  { user: { pattern: 'poem.*sky|sky.*poem', flags: 'i' }, text: POEM },
  { user: { pattern: 'weekend in bern|days in bern', flags: 'i' }, text: PLAN },
];
