import * as aws from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock();
});
afterAll(() => local.close());

const REQUEST: aws.ConverseStreamCommandInput = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
};

function client(fault: string, config: aws.BedrockRuntimeClientConfig = {}): aws.BedrockRuntimeClient {
  const made = new aws.BedrockRuntimeClient({
    endpoint: local.url,
    region: local.region,
    credentials: local.credentials,
    maxAttempts: 1,
    ...config,
  });
  made.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-local-fault'] = fault;
      return next(args);
    },
    { step: 'build' },
  );
  return made;
}

async function thrownBy(run: () => Promise<unknown>): Promise<aws.BedrockRuntimeServiceException> {
  try {
    await run();
  } catch (error) {
    return error as aws.BedrockRuntimeServiceException;
  }
  throw new Error('nothing was thrown');
}

async function drain(stream: AsyncIterable<aws.ConverseStreamOutput> | undefined): Promise<number> {
  let events = 0;
  for await (const _event of stream ?? []) events += 1;
  return events;
}

describe('an HTTP fault reaches the AWS client as its own exception class', () => {
  const statuses = [
    ['status=400', aws.ValidationException, 400],
    ['status=403', aws.AccessDeniedException, 403],
    ['status=404', aws.ResourceNotFoundException, 404],
    ['status=408', aws.ModelTimeoutException, 408],
    ['status=424', aws.ModelErrorException, 424],
    ['status=429', aws.ThrottlingException, 429],
    ['status=500', aws.InternalServerException, 500],
    ['status=503', aws.ServiceUnavailableException, 503],
    ['status=429:ModelNotReadyException', aws.ModelNotReadyException, 429],
    ['status=400:ServiceQuotaExceededException', aws.ServiceQuotaExceededException, 400],
    ['throttle=1', aws.ThrottlingException, 429],
  ] as const;

  it.each(statuses)('%s', async (fault, Class, status) => {
    const error = await thrownBy(() => client(fault).send(new aws.ConverseStreamCommand(REQUEST)));
    expect(error).toBeInstanceOf(Class);
    expect(error.$metadata.httpStatusCode).toBe(status);
    expect(error.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(error.message).not.toBe('');
  });

  it('throttle=2 lets the third attempt of one call through', async () => {
    const answer = await client('throttle=2', { maxAttempts: 3 }).send(new aws.ConverseCommand(REQUEST));
    expect(answer.$metadata.attempts).toBe(3);
    expect(answer.stopReason).toBe('end_turn');
  });
});

describe('an exception in mid-stream reaches the AWS client as its own exception class', () => {
  const exceptions = [
    ['internalServerException', aws.InternalServerException],
    ['modelStreamErrorException', aws.ModelStreamErrorException],
    ['validationException', aws.ValidationException],
    ['throttlingException', aws.ThrottlingException],
    ['serviceUnavailableException', aws.ServiceUnavailableException],
  ] as const;
  const handlers = [
    ['its default HTTP/2 handler', {}],
    ['NodeHttpHandler', { requestHandler: new NodeHttpHandler() }],
    ['FetchHttpHandler', { requestHandler: new FetchHttpHandler() }],
  ] as const;

  describe.each(handlers)('with %s', (_name, handler) => {
    it.each(exceptions)('%s after 3 events', async (name, Class) => {
      const { stream } = await client(`exception=${name}@3`, handler).send(
        new aws.ConverseStreamCommand(REQUEST),
      );
      let events = 0;
      const error = await thrownBy(async () => {
        for await (const _event of stream ?? []) events += 1;
      });
      expect(error).toBeInstanceOf(Class);
      expect(events).toBe(3);
    });
  });

  it('@0 is before the first event', async () => {
    const error = await thrownBy(async () => {
      const { stream } = await client('exception=modelStreamErrorException@0').send(
        new aws.ConverseStreamCommand(REQUEST),
      );
      await drain(stream);
    });
    expect(error).toBeInstanceOf(aws.ModelStreamErrorException);
  });

  it('an exception that no type lists and an error frame end the stream with an error of that name', async () => {
    for (const fault of ['exception=modelTimeoutException@2', 'error-frame=InternalFailure@2']) {
      const { stream } = await client(fault).send(new aws.ConverseStreamCommand(REQUEST));
      const error = await thrownBy(() => drain(stream));
      expect(String(error)).toMatch(/modelTimeout|InternalFailure/i);
    }
  });

  it('on the route that does not stream the same fault is the answer itself', async () => {
    const error = await thrownBy(() =>
      client('exception=modelStreamErrorException@3').send(new aws.ConverseCommand(REQUEST)),
    );
    expect(error.name).toBe('ModelStreamErrorException');
    expect(error.$metadata.httpStatusCode).toBe(424);
  });
});

describe('the body can be damaged', () => {
  it('flip turns one bit, and the checksum of the AWS client finds it', async () => {
    const { stream } = await client('flip=500').send(new aws.ConverseStreamCommand(REQUEST));
    expect(String(await thrownBy(() => drain(stream)))).toMatch(/checksum/i);
  });

  it('reset breaks the connection, over HTTP/1.1 and HTTP/2', async () => {
    for (const config of [{}, { requestHandler: new NodeHttpHandler() }]) {
      const { stream } = await client('reset=500', config).send(new aws.ConverseStreamCommand(REQUEST));
      await thrownBy(() => drain(stream));
    }
    expect(local.liveConnections()).toBe(0);
  });
});
