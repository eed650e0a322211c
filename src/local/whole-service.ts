import { ALL_OPERATIONS } from './all-operations.js';
import type { LocalBedrockOptions, ReceivedRequest } from './options.js';
import { createLocalService, type LocalService } from './service.js';

/**
 * Creates a local Bedrock with all of its operations. It is a file of the build, so that what they throw and what catches it are of
 * one class.
 *
 * @throws BedrockError `ERR_INPUT` for a wrong option
 */
export function createWholeService(
  options: LocalBedrockOptions,
  onChange?: (request: ReceivedRequest) => void,
): LocalService {
  return createLocalService(options, ALL_OPERATIONS, onChange);
}
