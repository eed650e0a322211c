import type { ProtocolHost, SpokenProtocol } from '../../catalog/protocols.js';
import { isObject } from '../../input/read.js';
import type { Body } from '../fields.js';
import { Notes } from '../notes.js';
import { acceptAgentItems } from './mantle/agent-items.js';

/** The values that bedrock-runtime accepts. Source: the service model, `RequestMetadataValueString`; aws-samples, 2026-08-20. */
const USER_ID = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

/** Members of Responses that refer to what Bedrock has stored, for any client of the same account. */
const STORED = ['previous_response_id', 'conversation', 'prompt'];

/**
 * Whether a request means the same at Bedrock's own endpoint as it does here.
 *
 * - What the tokens of an answer cost must be known, and a stream of Chat Completions counts them only if it is asked to.
 * - Nothing is stored in the operator's account, where every client could read it.
 * - bedrock-runtime rejects the user id that Claude Code sends, tools that the service would have to run, and items that only agents
 *   send.
 */
export function keepsMeaning(protocol: SpokenProtocol, body: Body, host: ProtocolHost): boolean {
  switch (protocol) {
    case 'chat':
      return (
        body['store'] !== true && (body['n'] ?? 1) === 1 && (body['stream'] !== true || asksForUsage(body))
      );
    case 'responses':
      return (
        body['store'] === false &&
        body['background'] !== true &&
        STORED.every((name) => body[name] === undefined || body[name] === null) &&
        (host === 'mantle' || (hasOwnToolsOnly(body) && !hasAgentItems(body)))
      );
    case 'messages':
      return body['thread'] === undefined && (host === 'mantle' || hasPlainUser(body));
  }
}

/** Whether a Chat Completions request asks for the usage of its stream. */
export function asksForUsage({ stream_options: options }: Body): boolean {
  return isObject(options) && options['include_usage'] === true;
}

function hasOwnToolsOnly({ tools }: Body): boolean {
  return (
    !Array.isArray(tools) ||
    tools.every((tool) => isObject(tool) && /^(?:function|custom)$/.test(String(tool['type'])))
  );
}

function hasAgentItems(body: Body): boolean {
  return Object.keys(acceptAgentItems(body, new Notes())).length > 0;
}

function hasPlainUser({ metadata }: Body): boolean {
  const user = isObject(metadata) ? metadata['user_id'] : undefined;
  return typeof user !== 'string' || USER_ID.test(user);
}
