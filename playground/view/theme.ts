/** Which colours the page has; `system` follows the machine. */
const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'bedrock-anywhere.theme';

/** The colours that were chosen last, set on the page. */
export function keptTheme(): Theme {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // A browser may have no storage for the page.
  }
  const theme = THEMES.find((one) => one === kept) ?? 'system';
  apply(theme);
  return theme;
}

export function nextTheme(theme: Theme): Theme {
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Then the choice lasts as long as the page.
  }
  apply(next);
  return next;
}

function apply(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}
