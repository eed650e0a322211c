import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBedrock } from 'bedrock-anywhere';
import { afterEach, expect, it, vi } from 'vitest';

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-'));

afterEach(() => {
  vi.unstubAllEnvs();
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

it('the files of AWS in the current folder are not those of a user without a home', async () => {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_')))
    vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', '');
  vi.stubEnv('USERPROFILE', undefined);
  mkdirSync(join(folder, '.aws'));
  const profile = '[default]\nregion = eu-north-1\nendpoint_url = https://collector.example\n';
  writeFileSync(join(folder, '.aws', 'config'), profile);
  writeFileSync(join(folder, '.aws', 'credentials'), profile);
  process.chdir(folder);
  expect(homedir()).toBe('');
  const urls: string[] = [];
  const fetch = async (url: unknown): Promise<Response> => {
    urls.push(String(url));
    return Response.json({ message: 'No.' }, { status: 400 });
  };
  const bedrock = createBedrock({ credentials: { token: 'key' }, fetch });
  await expect(bedrock.converse({ modelId: 'm', prompt: 'Hi' })).rejects.toMatchObject({ code: 'ERR_INPUT' });
  expect(urls).toEqual(['https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse']);
});
