import type {
  AssistantMessage,
  AssistantMessageEvent,
  BedrockOptions,
  Context,
  Message,
  Model,
  SimpleStreamOptions,
  StreamOptions,
  Tool,
  Usage,
} from '@earendil-works/pi-ai';
import { type AssistantMessageEventStream, registerApiProvider } from '@earendil-works/pi-ai';
import {
  type BedrockProvider,
  type BedrockStreamOptions,
  createBedrockProvider,
  type PiAssistantMessage,
  type PiContext,
  type PiEvent,
  type PiEventStream,
  type PiMessage,
  type PiModel,
  type PiSimpleStreamOptions,
  type PiStreamOptions,
  type PiTool,
  type PiUsage,
} from 'bedrock-anywhere/pi';
import { describe, expectTypeOf, it } from 'vitest';

describe('the types are those of pi-ai', () => {
  it('what pi hands in is taken', () => {
    expectTypeOf<Model<'bedrock-converse-stream'>>().toExtend<PiModel>();
    expectTypeOf<Context>().toExtend<PiContext>();
    expectTypeOf<Message>().toExtend<PiMessage>();
    expectTypeOf<Tool>().toExtend<PiTool>();
    expectTypeOf<StreamOptions>().toExtend<PiStreamOptions>();
    expectTypeOf<SimpleStreamOptions>().toExtend<PiSimpleStreamOptions>();
    expectTypeOf<StreamOptions>().toExtend<BedrockStreamOptions>();
  });

  it('what comes out is taken by pi', () => {
    expectTypeOf<PiAssistantMessage>().toExtend<AssistantMessage>();
    expectTypeOf<AssistantMessage>().toExtend<PiAssistantMessage>();
    expectTypeOf<PiEvent>().toExtend<AssistantMessageEvent>();
    expectTypeOf<AssistantMessageEvent>().toExtend<PiEvent>();
    expectTypeOf<PiUsage>().toEqualTypeOf<Usage>();
    expectTypeOf<PiModel>().toExtend<Model<string>>();
    expectTypeOf<PiStreamOptions>().toExtend<StreamOptions>();
    // This pi does not have the level `max` yet.
    expectTypeOf<Omit<PiSimpleStreamOptions, 'reasoning'>>().toExtend<
      Omit<SimpleStreamOptions, 'reasoning'>
    >();
    expectTypeOf<Exclude<PiSimpleStreamOptions['reasoning'], 'max'>>().toEqualTypeOf<
      SimpleStreamOptions['reasoning']
    >();
    expectTypeOf<BedrockStreamOptions>().toExtend<StreamOptions>();
  });

  it('no option of pi is left out', () => {
    expectTypeOf<keyof PiStreamOptions>().toEqualTypeOf<keyof StreamOptions>();
    expectTypeOf<keyof PiSimpleStreamOptions>().toEqualTypeOf<keyof SimpleStreamOptions>();
    expectTypeOf<keyof BedrockOptions>().toExtend<keyof BedrockStreamOptions>();
  });

  it("pi's registry takes a provider, and other callers get a stream of ours", () => {
    const register = () => registerApiProvider(createBedrockProvider({ region: 'us-east-1' }));
    expectTypeOf(register).returns.toBeVoid();
    expectTypeOf(createBedrockProvider()).toEqualTypeOf<BedrockProvider<PiEventStream>>();
    const forPi: BedrockProvider<AssistantMessageEventStream> = createBedrockProvider();
    expectTypeOf(forPi.stream).returns.toEqualTypeOf<AssistantMessageEventStream>();
  });
});
