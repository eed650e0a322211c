import { readSettings, type Settings } from '../request/settings.js';

const SETTINGS = 'bedrock-anywhere.settings';
const CURRENT = 'bedrock-anywhere.conversation';

/** The settings that a new conversation begins with: those of the last one, without its faults. */
export function keptSettings(): Settings {
  try {
    return { ...readSettings(JSON.parse(localStorage.getItem(SETTINGS) ?? 'null')), fault: '', schema: '' };
  } catch {
    return readSettings(undefined);
  }
}

export function keepSettings(settings: Settings): void {
  try {
    localStorage.setItem(SETTINGS, JSON.stringify(settings));
  } catch {
    // Then they last as long as the page.
  }
}

/** The conversation that this tab shows, for when it is loaded again. */
export function currentConversation(): string | undefined {
  try {
    return sessionStorage.getItem(CURRENT) ?? undefined;
  } catch {
    return undefined;
  }
}

export function setCurrentConversation(id: string): void {
  try {
    sessionStorage.setItem(CURRENT, id);
  } catch {
    // Then the page begins a new one.
  }
}
