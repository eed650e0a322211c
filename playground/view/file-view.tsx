import type { ContentBlock } from 'bedrock-anywhere';
import { useEffect, useState } from 'preact/hooks';
import { formatBytes } from '../request/attachment.js';
import { Icon } from './icon.js';
import { memo } from './memo.js';

/** An image or a document of a message. */
export const FileView = memo(({ block }: { block: ContentBlock }) => {
  const { image, document: file } = block;
  const bytes = image?.source?.bytes ?? file?.source?.bytes;
  if (image !== undefined && bytes !== undefined)
    return <ImageView bytes={bytes} format={image.format ?? 'png'} />;
  return (
    <span class="chip">
      <Icon name="file" />
      <span class="chip-name">{file?.name ?? 'File'}</span>
      <span class="quiet-text">
        {file?.format} {bytes && formatBytes(bytes.length)}
      </span>
    </span>
  );
});

/** Formats that no browser runs anything in. */
const SAFE = ['png', 'jpeg', 'gif', 'webp'];

function ImageView({ bytes, format }: { bytes: Uint8Array; format: string }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    if (!SAFE.includes(format)) return undefined;
    const made = URL.createObjectURL(
      new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${format}` }),
    );
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, format]);
  return url === '' ? <span class="chip">Image</span> : <img src={url} alt="Attached" />;
}
