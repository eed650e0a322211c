/** The suite in a Worker: each case is a request of its own, as it is for the Worker's users. */
import * as lib from 'bedrock-anywhere';
import * as gateway from 'bedrock-anywhere/gateway';
import { report, runCase } from '../suite.js';

const inMemory = lib.memoryStorage();

export default {
  async fetch(request: Request, env: { MODELS: lib.WorkersKv }): Promise<Response> {
    const { control, index } = (await request.json()) as { control: string; index: number };
    const storages = { memory: () => inMemory, 'Workers KV': () => lib.workersKvStorage(env.MODELS) };
    await report(control, await runCase({ ...lib, ...gateway }, storages, control, index));
    return new Response();
  },
};
