import { listThinkingLevels } from 'bedrock-anywhere/pi';
import { isApplicationProfile } from './profiles.mjs';

/** @typedef {import('openclaw/plugin-sdk/plugin-entry').ThinkingProfile} ThinkingProfile */

/**
 * The thinking levels of a model. If the model has no levels, it gets a single one, which is how OpenClaw expresses a switch; if
 * its thinking cannot be switched off, there is no `off`. Undefined if only the ARN of an application profile is known: OpenClaw
 * then uses the levels in its own row.
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
