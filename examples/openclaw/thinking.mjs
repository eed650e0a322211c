import { listThinkingLevels } from 'bedrock-anywhere/pi';
import { isApplicationProfile } from './profiles.mjs';

/** @typedef {import('openclaw/plugin-sdk/plugin-entry').ThinkingProfile} ThinkingProfile */

/**
 * The levels that a model has. One that always thinks alike gets a single level, in the way that OpenClaw writes a switch; one
 * whose thinking cannot be switched off has no `off`. Undefined for an application profile of which only the ARN is known:
 * OpenClaw then goes by the levels of its own row.
 *
 * @param {{ modelId: string, params?: Record<string, unknown> }} context
 * @returns {ThinkingProfile | undefined}
 */
export function thinkingProfile({ modelId, params }) {
  const foundationModelId = foundationModelOf(params);
  if (foundationModelId === undefined && isApplicationProfile(modelId)) return undefined;
  const levels = listThinkingLevels(foundationModelId ?? modelId);
  if (levels.length === 0) return { levels: [{ id: 'low', label: 'on' }], defaultLevel: 'low' };
  return { levels: levels.map((id) => ({ id })) };
}

/**
 * The model behind an application profile, from the catalog's row or from the user's own entry.
 *
 * @param {Record<string, unknown> | undefined} params
 */
export function foundationModelOf(params) {
  const id = params?.['foundationModelId'];
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
}
