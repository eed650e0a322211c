import type { LocalBedrock, LocalBedrockOptions } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach } from 'vitest';
import { failure, modelPath, say, signed } from '../request.js';

/** What credentials look like in AWS's providers. */
export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  expiration?: Date | undefined;
}

const open = new Set<LocalServer>();
afterEach(async () => {
  for (const local of open) await local.close();
  open.clear();
});

/** A local Bedrock that is closed behind the test. */
export async function start(options?: LocalBedrockOptions): Promise<LocalServer> {
  const local = await startLocalBedrock(options);
  open.add(local);
  return local;
}

/** How the local Bedrock takes a request signed with some credentials: `ok`, or AWS's name of the error. */
export async function taken(local: LocalBedrock, credentials: Session, date?: Date): Promise<string> {
  const sketch = { path: modelPath('converse'), method: 'POST', body: say('Hello') };
  const response = await local.fetch(await signed(local, { ...sketch, credentials, ...(date && { date }) }));
  return response.ok ? 'ok' : (await failure(response)).name;
}
