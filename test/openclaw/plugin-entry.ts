import type { PluginApi } from 'openclaw/plugin-sdk/plugin-entry';

/** What OpenClaw's `definePluginEntry` does with an entry that has no schema of its own: nothing. */
export const definePluginEntry = <Entry extends { register(api: PluginApi): void }>(entry: Entry): Entry =>
  entry;
