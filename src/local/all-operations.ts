import { guardrailArn } from './account/account.js';
import { parseBody } from './check/parse-body.js';
import { answerEndpoint } from './endpoints/answer.js';
import { applyGuardrail, listGuardrails, readGuardrailPath } from './invoke/apply-guardrail.js';
import { checkWithGuardrails } from './invoke/guardrail-checks.js';
import { invokeModel, invokeModelStream } from './invoke/invoke.js';
import { rerank } from './invoke/vectors/rerank-route.js';
import {
  answerConverseOperation,
  createJsonReply,
  createReply,
  createStreamReply,
  faultsOf,
  type Operations,
  replyWith,
} from './operations.js';
import { readUpstream } from './upstream/target.js';
import { createUpstream } from './upstream/upstream.js';

/** Everything that a local Bedrock can do. */
export const ALL_OPERATIONS: Operations = {
  bedrock(models, request, route, call) {
    return (
      answerConverseOperation(models, request, route, call) ??
      answerOtherOperation(models, request, route, call)
    );
  },

  async endpoint(models, store, call) {
    const reply = await answerEndpoint(models, store, call);
    if ('body' in reply) return createJsonReply(reply.body);
    const { pieces, failure, fail } = reply;
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
    return { headers, pieces, isStream: true, faults: faultsOf(failure), fail };
  },

  connect: (upstream) => createUpstream(readUpstream(upstream)),
};

const answerOtherOperation: Operations['bedrock'] = (
  models,
  { headers, body, signal },
  { operation, id: modelId = '' },
  { region, seed, startedAt, onUsage },
) => {
  const { guardrails, catalog } = models;
  const arnOf = (id: string): string => guardrailArn(id, region);
  const invocation = { modelId, seed, startedAt, onUsage, signal, headers, body };
  switch (operation) {
    case 'ListGuardrails':
      return replyWith(() => listGuardrails(guardrails, arnOf));
    case 'ApplyGuardrail':
      return replyWith(() => applyGuardrail(guardrails, readGuardrailPath(modelId), parseBody(body), arnOf));
    case 'InvokeGuardrailChecks':
      return replyWith(() => checkWithGuardrails(guardrails, parseBody(body)));
    case 'Rerank':
      return replyWith(() => rerank(catalog, parseBody(body)));
    case 'InvokeModel':
      return invokeModel(models, invocation).then((reply) =>
        createReply({ ...reply, headers: { 'content-type': 'application/json', ...reply.headers } }),
      );
    case 'InvokeModelWithResponseStream':
      return invokeModelStream(models, invocation).then((reply) => createStreamReply(reply, reply.headers));
    default:
      return undefined;
  }
};
