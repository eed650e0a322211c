import { refuseField } from '../../failure.js';
import type { Block } from '../draft.js';
import { checkBase64 } from './images.js';

type Format = NonNullable<Extract<Block, { document: unknown }>['document']['format']>;

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const TYPES: ReadonlyMap<string, Format> = new Map([
  ['application/pdf', 'pdf'],
  ['application/msword', 'doc'],
  [`${OFFICE}.wordprocessingml.document`, 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  [`${OFFICE}.spreadsheetml.sheet`, 'xlsx'],
  ['text/csv', 'csv'],
  ['text/html', 'html'],
  ['text/markdown', 'md'],
  ['text/plain', 'txt'],
]);
const ENDINGS: ReadonlyMap<string, Format> = new Map([
  ...[...TYPES.values()].map((format): [string, Format] => [format, format]),
  ['markdown', 'md'],
  ['htm', 'html'],
]);

/** Reads a data URL, or plain base64 as some clients send it. */
export function documentBlock(data: string, filename: string | undefined, param: string): Block {
  const [, type = '', inUrl] = /^data:([^;,]*)(?:;[^,]*)?;base64,([\s\S]*)$/i.exec(data) ?? [];
  const base64 = inUrl ?? data;
  checkBase64(base64, param);
  const ending = filename?.toLowerCase().split('.').at(-1) ?? '';
  const format = TYPES.get(type.toLowerCase()) ?? ENDINGS.get(ending);
  if (format === undefined) {
    throw refuseField(
      param,
      `${param} is not a document that Bedrock reads. Send a PDF, Word, Excel, CSV, HTML, Markdown or text file, with its media type.`,
    );
  }
  return { document: { format, name: nameFor(filename), source: { bytes: base64 as never } } };
}

/** A name that Bedrock accepts: letters, digits, single spaces, hyphens and brackets. */
export function nameFor(given: string | undefined): string {
  const name = (given ?? '')
    .replace(/\.[a-z]{1,8}$/i, '')
    .replace(/[^A-Za-z0-9\-()[\]]+/g, ' ')
    .trim()
    .slice(0, 200);
  return name === '' ? 'document' : name;
}
