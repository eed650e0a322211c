/** A piece of code among values. */
export class Raw {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

const WIDTH = 90;

/** Writes a value as JavaScript: short ones in a line, long ones in several. */
export function toSource(value: unknown, indent = ''): string {
  if (value instanceof Raw) return value.code;
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = isList
    ? value.map((item) => toSource(item, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${keyOf(name)}: ${toSource(member, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (members.length === 0) return open + close;
  const line = isList ? `[${members.join(', ')}]` : `{ ${members.join(', ')} }`;
  if (line.length + indent.length <= WIDTH && !line.includes('\n')) return line;
  return `${open}\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}${close}`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** A string in single quotes, or as a template if it has several lines. */
export function quote(text: string): string {
  if (text.includes('\n')) return `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r')}\``;
  return `'${text
    .replace(/[\\']/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replace(/[\u2028\u2029]/g, escapeSign)}'`;
}

function escapeSign(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16)}`;
}
