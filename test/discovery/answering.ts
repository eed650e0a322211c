import { vi } from 'vitest';
import type { CredentialProvider, Credentials, Transport } from '../../src/index.js';

/** A network that tells in its lists what it was asked: where, as whom, with which headers. */
export interface AnsweringNetwork {
  fetch: typeof globalThis.fetch;
  /** How many lists of models were asked for. */
  asked(): number;
  /** Holds answers back until what it gives is called. */
  hold(): () => void;
}

/** Headers that the tests tell requests apart by. */
const TELLING = ['x-tenant', 'x-other', 'x-via'];

/** A network whose answer is a function of the request alone. */
export function answeringNetwork(): AnsweringNetwork {
  let asked = 0;
  let open: Promise<void> = Promise.resolve();
  return {
    fetch: async (input, init) => {
      const { url, headers } = new Request(input, init);
      const { origin, pathname } = new URL(url);
      const [, base = '', operation] =
        /^(.*)\/(foundation-models|inference-profiles|foundation-model-availability)/.exec(pathname) ?? [];
      if (operation === 'foundation-models') asked += 1;
      await open;
      if (operation === 'inference-profiles') return Response.json({ inferenceProfileSummaries: [] });
      if (operation === 'foundation-model-availability') {
        return Response.json({ authorizationStatus: 'AUTHORIZED', entitlementAvailability: 'AVAILABLE' });
      }
      const told = TELLING.map((name) => headers.get(name));
      return Response.json({
        modelSummaries: [
          {
            modelId: 'amazon.nova-lite-v1:0',
            modelName: JSON.stringify([origin, base, signerOf(headers.get('authorization')), ...told]),
            inputModalities: ['TEXT'],
            outputModalities: ['TEXT'],
            responseStreamingSupported: true,
            inferenceTypesSupported: ['ON_DEMAND'],
            modelLifecycle: { status: 'ACTIVE' },
          },
        ],
      });
    },
    asked: () => asked,
    hold() {
      let release = (): void => {};
      open = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}

/** Key id and region of a signature, or the token. */
function signerOf(authorization: string | null): string | undefined {
  return (
    /Credential=([^/]+)\/\d+\/([^/]+)/
      .exec(authorization ?? '')
      ?.slice(1)
      .join(' ') ??
    authorization ??
    undefined
  );
}

/** The global fetch is the network's until the test is over. */
export function asGlobal(network: AnsweringNetwork): AnsweringNetwork {
  vi.stubGlobal('fetch', network.fetch);
  return network;
}

/** A fetch of one's own, as one through a proxy would be: it adds a header. */
export function fetchVia(name: string): typeof globalThis.fetch {
  return (input, init) => {
    const request = new Request(input, init);
    request.headers.set('x-via', name);
    return globalThis.fetch(request);
  };
}

/** A transport that adds a header, too. */
export function transportVia(name: string): Transport {
  return {
    async destination(_service, { region: { call, bound }, endpoint, credentials }) {
      const region = call ?? bound ?? 'us-east-1';
      const url = new URL(endpoint ?? `https://bedrock.${region}.amazonaws.com`);
      return { region, endpoint: url, credentials: providerOf(credentials as Credentials) };
    },
    async unary({ operation, headers }) {
      const path = { ListFoundationModels: 'foundation-models', ListInferenceProfiles: 'inference-profiles' };
      const response = await fetchVia(name)(
        `https://of.transport/${path[operation as keyof typeof path] ?? 'foundation-model-availability'}`,
        { headers },
      );
      return { json: (await response.json()) as Record<string, unknown>, requestId: undefined };
    },
    stream: () => Promise.reject(new Error('discover() opens no stream.')),
  };
}

const providers = new Map<unknown, CredentialProvider>();

/** The same provider for the same credentials, as a client has it. */
function providerOf(given: Credentials | CredentialProvider): CredentialProvider {
  const provider = providers.get(given) ?? (typeof given === 'function' ? given : async () => given);
  providers.set(given, provider);
  return provider;
}
