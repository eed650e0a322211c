import { partitionOf } from '../../catalog/partitions.js';
import { ACCOUNT_ID } from '../account/account.js';
import type { Catalog } from '../account/catalog.js';
import type { Endpoint } from '../http/endpoint-paths.js';
import type { EndpointApi, OperationOf } from '../http/routes.js';
import { type Need, targetArn } from './policy.js';

type EndpointOperation = OperationOf<EndpointApi>;

/**
 * The action of each operation on bedrock-mantle, which has a namespace of its own. Source: Service Authorization Reference,
 * "Actions, resources, and condition keys for Amazon Bedrock Mantle", read by others until 2026-11-28.
 */
const MANTLE: Readonly<Record<EndpointOperation, string>> = {
  CreateChatCompletion: 'CreateInference',
  CreateResponse: 'CreateInference',
  CreateMessage: 'CreateInference',
  GetResponse: 'GetInference',
  DeleteResponse: 'DeleteInference',
  CancelResponse: 'CancelInference',
  CountMessageTokens: 'CountTokens',
  ListModels: 'ListModels',
  GetModel: 'GetModel',
};

/** The actions on bedrock-runtime. Source: "Using the Responses API on the bedrock-runtime endpoint", read by others until 2026-11-28. */
const STORED: Partial<Readonly<Record<EndpointOperation, string>>> = {
  GetResponse: 'bedrock:GetInvoke',
  DeleteResponse: 'bedrock:DeleteInvoke',
  CancelResponse: 'bedrock:CancelInvoke',
};

/** A call of a protocol of others. */
interface EndpointCall {
  endpoint: Endpoint;
  operation: EndpointOperation;
  /** As the body names it. */
  model: string | undefined;
  isStream: boolean;
  region: string;
  catalog: Catalog;
}

/** Lists what a call needs. */
export function listEndpointNeeds({
  endpoint,
  operation,
  model = '',
  isStream,
  region,
  catalog,
}: EndpointCall): Need[] {
  const project = projectArn(endpoint, region);
  if (endpoint === 'mantle') {
    const isAboutModels = operation === 'ListModels' || operation === 'GetModel';
    return [{ action: `bedrock-mantle:${MANTLE[operation]}`, resource: isAboutModels ? undefined : project }];
  }
  const stored = STORED[operation];
  if (stored !== undefined) return [{ action: stored, resource: project }];
  // Responses need the same action on their project too, but here an action is denied on everything or on nothing.
  const action = isStream ? 'bedrock:InvokeModelWithResponseStream' : 'bedrock:InvokeModel';
  return [{ action, resource: targetArn(model, region, catalog) }];
}

/** The action that an API key needs besides. */
export function keyActionOf(endpoint: Endpoint | undefined): string {
  return endpoint === 'mantle' ? 'bedrock-mantle:CallWithBearerToken' : 'bedrock:CallWithBearerToken';
}

function projectArn(endpoint: Endpoint, region: string): string {
  const service = endpoint === 'mantle' ? 'bedrock-mantle' : 'bedrock';
  return `arn:${partitionOf(region).name}:${service}:${region}:${ACCOUNT_ID}:project/default`;
}
