import type { Refusal } from './refusal.js';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const CLAUDE_5 = 'anthropic.claude-sonnet-5';
const text = { text: 'Hi' };
const user = (...content: object[]) => ({ role: 'user', content });

/** The head of a PNG of this many pixels. */
function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(40);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x89504e47);
  view.setUint32(4, 0x0d0a1a0a);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const image = (bytes: string, format = 'png') => ({ image: { format, source: { bytes } } });
const small = base64(png(10, 10));

const format = {
  source:
    'https://github.com/ziatdinovmax/SciLink/issues/382, https://github.com/NousResearch/hermes-agent/issues/55429',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const dimensions = {
  source:
    'https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/998, ' +
    'https://github.com/anthropics/claude-code/issues/5147',
  read: '2026-11-28',
  client: 'says what to do',
  advice: /Make the image smaller before sending it, also in the history\.$/,
} as const;

export const IMAGE_REFUSALS: readonly Refusal[] = [
  {
    what: 'an image whose bytes have a different format than it says',
    modelId: CLAUDE,
    body: { messages: [user(text, image(small, 'jpeg'))] },
    message:
      'The model returned the following errors: messages.0.content.1.image.source.bytes: The image was specified using ' +
      'the image/jpeg media type, but the image appears to be a image/png image',
    ...format,
  },
  {
    what: 'an image with the format jpg',
    modelId: CLAUDE,
    body: { messages: [user(text, image('/9j/4AAQSkZJRg==', 'jpg'))] },
    message:
      "1 validation error detected: Value 'jpg' at 'messages.1.member.content.2.member.image.format' failed to satisfy " +
      'constraint: Member must satisfy enum value set: [png, jpeg, gif, webp]',
    ...format,
  },
  {
    what: 'an image with a format in capitals',
    modelId: 'amazon.nova-pro-v1:0',
    body: { messages: [user(text, image(small, 'PNG'))] },
    message: /image\.format' failed to satisfy constraint: Member must satisfy enum value set/,
    ...format,
  },
  {
    what: 'an image with a media type as its format',
    modelId: 'amazon.nova-pro-v1:0',
    body: { messages: [user(text, image('AAAA', 'image/webp'))] },
    message: /image\.format' failed to satisfy constraint: Member must satisfy enum value set/,
    ...format,
  },
  {
    what: 'an image of more than 3.75 MB',
    modelId: CLAUDE,
    body: { messages: [user(text, image('A'.repeat(5_242_884)))] },
    message:
      'The model returned the following errors: messages.0.content.1.image.source.bytes: image exceeds 5 MB maximum: ' +
      '5242884 bytes > 5242880 bytes',
    source:
      'https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/issues/778',
    read: '2026-11-28',
    client: 'says what to do',
    advice: /Make the image smaller before sending it, also in the history\.$/,
  },
  {
    what: 'an image wider than 8000 pixels',
    modelId: CLAUDE,
    body: { messages: [user(text, image(base64(png(8001, 10))))] },
    message:
      'The model returned the following errors: messages.0.content.1.image.source.bytes: At least one of the image ' +
      'dimensions exceed max allowed size: 8000 pixels',
    ...dimensions,
  },
  {
    what: '21 images',
    modelId: CLAUDE,
    body: { messages: [user(text, ...Array.from({ length: 21 }, () => image(small)))] },
    message: 'The model returned the following errors: too many images and documents: 21 + 0 > 20',
    source: 'https://github.com/cline/cline/issues/1844, https://github.com/boto/boto3/issues/4632',
    read: '2026-11-28',
    client: 'says what to do',
    advice: /omit those that are no longer needed, or send what they say as text\.$/,
  },
  {
    what: '101 images',
    modelId: CLAUDE_5,
    body: { messages: [user(text, ...Array.from({ length: 101 }, () => image(small)))] },
    message: 'The model returned the following errors: too many images and documents: 101 + 0 > 100',
    source: 'https://github.com/kirodotdev/Kiro/issues/9629',
    read: '2026-11-28',
    client: 'says what to do',
    advice: /omit those that are no longer needed, or send what they say as text\.$/,
  },
  {
    what: '21 images, one of them wider than 2000 pixels',
    modelId: CLAUDE_5,
    body: {
      messages: [user(text, ...Array.from({ length: 20 }, () => image(small)), image(base64(png(2001, 10))))],
    },
    message:
      'The model returned the following errors: messages.0.content.21.image.source.bytes: At least one of the image ' +
      'dimensions exceed max allowed size for many-image requests: 2000 pixels',
    ...dimensions,
  },
  {
    what: 'an image for a model that reads only text',
    modelId: 'openai.gpt-oss-120b-1:0',
    model: { inputModalities: ['TEXT'] },
    body: {
      messages: [
        {
          role: 'user',
          content: [{ text: 'Hi' }, { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } }],
        },
      ],
    },
    message: "This model doesn't support the image field for user messages. Remove image and try again.",
    source: 'https://github.com/anomalyco/opencode/pull/50272 (the sentence)',
    read: '2026-11-28',
    client: 'cannot help',
  },
];
