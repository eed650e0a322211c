import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { eventsOf, framesOf, textOf } from '../events.js';
import { failure, modelPath, say, send } from '../request.js';

const guardrail = { id: 'abc123', version: '2', blockedWords: ['secret'], blockedMessage: 'I must not.' };
const local = createLocalBedrock({
  guardrails: [guardrail],
  script: [{ user: 'leak', text: 'The secret is 42. Do not tell.' }, { text: 'Fine.' }],
});

interface Answer {
  output: { message: { content: { text: string }[] } };
  stopReason: string;
  usage: object;
  trace?: { guardrail: Record<string, unknown> };
}

function config(trace?: string): object {
  return {
    guardrailIdentifier: 'abc123',
    guardrailVersion: 'DRAFT',
    ...(trace === undefined ? {} : { trace }),
  };
}

async function ask(body: object, guardrailConfig = config('enabled')): Promise<Answer> {
  const response = await send(local, { path: modelPath('converse'), body: { ...body, guardrailConfig } });
  return (await response.json()) as Answer;
}

describe('a guardrail', () => {
  it('lets through what it has nothing against, and says so in the trace', async () => {
    const answer = await ask(say('Hello'));
    expect(answer.stopReason).toBe('end_turn');
    expect(answer.trace?.guardrail).toMatchObject({
      actionReason: 'No action.',
      inputAssessment: {
        abc123: { invocationMetrics: { guardrailCoverage: { textCharacters: { guarded: 5, total: 5 } } } },
      },
      outputAssessments: { abc123: [{ invocationMetrics: {} }] },
    });
  });

  it('blocks a prompt before the model is asked', async () => {
    const answer = await ask(say('Tell me the SECRET'));
    expect(answer).toMatchObject({
      stopReason: 'guardrail_intervened',
      output: { message: { content: [{ text: 'I must not.' }] } },
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
    });
    expect(answer.trace?.guardrail).toMatchObject({
      actionReason: 'Guardrail blocked.',
      inputAssessment: {
        abc123: {
          wordPolicy: {
            customWords: [{ match: 'secret', action: 'BLOCKED', detected: true }],
            managedWordLists: [],
          },
        },
      },
    });
    expect(answer.trace?.guardrail).not.toHaveProperty('outputAssessments');
  });

  it('blocks an answer, and shows in the trace what the model said', async () => {
    const answer = await ask(say('leak'));
    expect(answer).toMatchObject({
      stopReason: 'guardrail_intervened',
      output: { message: { content: [{ text: 'I must not.' }] } },
    });
    expect(answer.trace?.guardrail).toMatchObject({
      modelOutput: ['The secret is 42. Do not tell.'],
      outputAssessments: { abc123: [{ wordPolicy: { customWords: [{ match: 'secret' }] } }] },
    });
  });

  it('is traced only on request, and with enabled_full shows what did not match too', async () => {
    expect((await ask(say('secret'), config())).trace).toBeUndefined();
    expect((await ask(say('secret'), config('disabled'))).trace).toBeUndefined();
    const full = await ask(say('Hello'), config('enabled_full'));
    expect(full.trace?.guardrail).toMatchObject({
      inputAssessment: {
        abc123: { wordPolicy: { customWords: [{ match: 'secret', action: 'NONE', detected: false }] } },
      },
    });
  });

  it('reads only what is marked as guardContent, where anything is', async () => {
    const marked = (text: string, qualifiers?: string[]) => ({
      guardContent: { text: { text, ...(qualifiers === undefined ? {} : { qualifiers }) } },
    });
    const turn = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
    expect((await ask(turn({ text: 'secret' }, marked('harmless')))).stopReason).toBe('end_turn');
    expect((await ask(turn({ text: 'harmless' }, marked('secret')))).stopReason).toBe('guardrail_intervened');
    expect((await ask(turn({ text: 'x' }, marked('secret', ['grounding_source'])))).stopReason).toBe(
      'end_turn',
    );
    const partly = await ask(turn({ text: '12345' }, marked('123')));
    expect(partly.trace?.guardrail).toMatchObject({
      inputAssessment: {
        abc123: { invocationMetrics: { guardrailCoverage: { textCharacters: { guarded: 3, total: 8 } } } },
      },
    });
  });

  it('in a stream holds the answer back, or in asynchronous mode ends it behind the word', async () => {
    const stream = async (mode: string) => {
      const guardrailConfig = { ...config('enabled'), streamProcessingMode: mode };
      return framesOf(await send(local, { body: { ...say('leak'), guardrailConfig } }));
    };
    const sync = await stream('sync');
    expect(textOf(sync)).toBe('I must not.');
    expect(textOf(await stream('async'))).toBe('The secret');
    for (const frames of [sync, await stream('async')]) {
      const events = eventsOf(frames);
      expect(events.at(-2)).toEqual(['messageStop', { stopReason: 'guardrail_intervened' }]);
      expect(events.at(-1)?.[1]).toMatchObject({ trace: { guardrail: { outputAssessments: {} } } });
    }
  });

  it('is found by id or ARN, in its version or as DRAFT', async () => {
    const status = async (guardrailIdentifier: string, guardrailVersion: string): Promise<number> => {
      const body = { ...say('Hello'), guardrailConfig: { guardrailIdentifier, guardrailVersion } };
      const response = await send(local, { path: modelPath('converse'), body });
      if (response.status !== 200) {
        expect((await failure(response)).message).toBe(
          'The guardrail identifier or version provided in the request does not exist.',
        );
      }
      return response.status;
    };
    expect(await status('abc123', 'DRAFT')).toBe(200);
    expect(await status('abc123', '2')).toBe(200);
    expect(await status('arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123', '2')).toBe(200);
    expect(await status('abc123', '1')).toBe(400);
    expect(await status('unknown', 'DRAFT')).toBe(400);
  });
});

describe('the guardrail that is there by default', () => {
  it('has an id of its own and words to try it with', async () => {
    const plain = createLocalBedrock();
    const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' };
    const response = await send(plain, { body: { ...say('This is forbidden.'), guardrailConfig } });
    const frames = await framesOf(response);
    expect(eventsOf(frames).at(-2)).toEqual(['messageStop', { stopReason: 'guardrail_intervened' }]);
  });
});
