import type {
  ConverseCommandInput,
  ConverseStreamCommandInput,
  ConverseStreamOutput,
  ConverseStreamResponse,
  CountTokensCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expectTypeOf, it } from 'vitest';
import type {
  ConverseEvent,
  ConverseRequest,
  ConverseResult,
  ConverseStreamRequest,
  CountTokensRequest,
} from '../src/index.js';

type Exception = `${string}Exception`;

describe('the types are those of the AWS SDK', () => {
  it('an AWS input goes in as it is', () => {
    expectTypeOf<ConverseStreamCommandInput>().toExtend<ConverseStreamRequest>();
    expectTypeOf<ConverseCommandInput>().toExtend<ConverseRequest>();
    expectTypeOf<CountTokensCommandInput>().toExtend<CountTokensRequest>();
  });

  it('no member of a request is left out', () => {
    expectTypeOf<keyof ConverseStreamRequest>().toEqualTypeOf<keyof ConverseStreamCommandInput>();
    expectTypeOf<keyof ConverseRequest>().toEqualTypeOf<keyof ConverseCommandInput>();
  });

  it('no member of the event stream is left out but its exceptions', () => {
    type Members = Exclude<
      ConverseStreamOutput extends infer U ? (U extends unknown ? keyof U : never) : never,
      '$unknown' | Exception
    >;
    expectTypeOf<ConverseEvent['type']>().toEqualTypeOf<Members>();
  });

  it.each([
    'messageStart',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
  ] as const)('no member of %s is left out', (type) => {
    type Kind = typeof type;
    type Ours<K extends Kind> = Exclude<keyof Extract<ConverseEvent, { type: K }>, 'type'>;
    type Theirs<K extends Kind> = keyof NonNullable<Extract<ConverseStreamOutput, Record<K, unknown>>[K]>;
    expectTypeOf<{ [K in Kind]: Ours<K> }>().toEqualTypeOf<{ [K in Kind]: Theirs<K> }>();
  });

  it('no member of an answer is left out', () => {
    type Answer = Extract<ConverseEvent, { type: 'messageStop' | 'metadata' }>;
    type Members = Exclude<Answer extends infer U ? (U extends unknown ? keyof U : never) : never, 'type'>;
    expectTypeOf<Members>().toExtend<keyof ConverseResult>();
    expectTypeOf<keyof ConverseStreamResponse>().toEqualTypeOf<'stream'>();
  });
});
