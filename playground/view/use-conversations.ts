import { useEffect, useMemo, useState } from 'preact/hooks';
import { openConversations } from '../conversation/database.js';
import { readExport, writeExport } from '../conversation/export.js';
import { readRecord } from '../conversation/read-record.js';
import type { ConversationEntry, ConversationRecord } from '../conversation/record.js';
import { saveFile } from './save-file.js';

/** The kept conversations, and what can be done with them. */
export interface KeptConversations {
  entries: readonly ConversationEntry[];
  open(id: string): Promise<ConversationRecord | undefined>;
  keep(record: ConversationRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /** Saves all of them as a file. */
  exportAll(): Promise<void>;
  /** Reads a file; returns the first of its conversations. */
  importFile(file: File): Promise<ConversationRecord | undefined>;
}

/** @param onTrouble Gets told in words what did not work. */
export function useConversations(onTrouble: (message: string) => void): KeptConversations {
  const database = useMemo(() => openConversations(), []);
  const [entries, setEntries] = useState<readonly ConversationEntry[]>([]);
  const list = async (): Promise<void> => setEntries(await database.list());
  useEffect(() => {
    // Without a database the page works as before, and keeps nothing.
    list().catch(() => undefined);
  }, []);
  const tell = (what: string) => (error: unknown) =>
    onTrouble(`${what} ${error instanceof Error ? error.message : String(error)}`);
  return {
    entries,
    open: (id) =>
      database
        .read(id)
        .then((stored) => (stored === undefined ? undefined : readRecord(stored)))
        .catch((error: unknown) => {
          tell('The conversation cannot be opened.')(error);
          return undefined;
        }),
    keep: (record) => database.keep(record).then(list).catch(tell('The conversation cannot be kept.')),
    remove: (id) => database.remove(id).then(list).catch(tell('The conversation cannot be deleted.')),
    exportAll: async () => {
      try {
        const records = await Promise.all(entries.map(({ id }) => database.read(id)));
        saveFile('bedrock-conversations.json', writeExport(records as ConversationRecord[]));
      } catch (error) {
        tell('The conversations cannot be exported.')(error);
      }
    },
    importFile: async (file) => {
      try {
        // A conversation that is here already stays as it is.
        const records = readExport(await file.text()).map((record) => ({
          ...record,
          id: crypto.randomUUID(),
        }));
        for (const record of records) await database.keep(record);
        await list();
        return records[0];
      } catch (error) {
        tell(`${file.name} cannot be imported.`)(error);
        return undefined;
      }
    },
  };
}
