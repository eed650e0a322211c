import type { Caller } from '../auth/authorize.js';
import type { ModelDirectory } from '../models/models.js';

/** A geography in front of the id of a model. */
const GEOGRAPHY = /^(?:us|eu|apac|au|ca|in|jp|sa|us-gov|global)\./;

/**
 * Answers GET /inference-profiles, by which clients of Bedrock find the models of the account, in the form of ListInferenceProfiles.
 * It has AWS's own profiles only, and its ARNs do not name the account.
 */
export async function listProfiles(
  directory: ModelDirectory,
  caller: Caller,
  query: URLSearchParams,
): Promise<object> {
  const type = query.get('type') ?? 'SYSTEM_DEFINED';
  const models = type === 'SYSTEM_DEFINED' ? await directory.list(caller, false) : [];
  return {
    inferenceProfileSummaries: models
      .filter(({ id }) => GEOGRAPHY.test(id))
      .map(({ id, name }) => ({
        inferenceProfileId: id,
        inferenceProfileName: name,
        inferenceProfileArn: `arn:aws:bedrock:::inference-profile/${id}`,
        models: [{ modelArn: `arn:aws:bedrock:::foundation-model/${id.replace(GEOGRAPHY, '')}` }],
        status: 'ACTIVE',
        type: 'SYSTEM_DEFINED',
      })),
  };
}
