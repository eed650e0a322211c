/** The address of a link that a model has written, if it may be followed; scripts and files may not. */
export function safeHref(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  const isWeb = (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '';
  return isWeb || url.protocol === 'mailto:' ? url.href : undefined;
}

/** Signs that turn the direction of what follows, or hide: with them, code could read otherwise than it runs. */
const DECEPTIVE = /[\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/** Text with its deceptive signs spelled out, such as `‹U+202E›`. */
export function showDeceptive(text: string): string {
  return text.replace(
    DECEPTIVE,
    (sign) => `‹U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`,
  );
}
