import type { LocalProfile } from 'bedrock-anywhere/local';

/** An application profile that leads to a model. Its id tells nothing about the model. */
export function applicationProfile(modelId: string, id = 'a1b2c3d4e5f6'): LocalProfile {
  return {
    inferenceProfileId: id,
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/${id}`,
    inferenceProfileName: 'For the invoice',
    type: 'APPLICATION',
    status: 'ACTIVE',
    models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${modelId}` }],
  };
}
