import { useRef } from 'preact/hooks';
import { type Connection, describeConnection } from '../connection/connection.js';
import type { ConversationEntry } from '../conversation/record.js';
import { Icon } from './icon.js';
import type { Theme } from './theme.js';
import type { LinkState } from './use-link.js';

interface SidebarProps {
  entries: readonly ConversationEntry[];
  current: string;
  connection: Connection | undefined;
  link: LinkState;
  theme: Theme;
  onNew(): void;
  onOpen(id: string): void;
  onRemove(id: string): void;
  onExport(): void;
  onImport(file: File): void;
  onConnection(): void;
  onTheme(): void;
}

const STATES: Readonly<Record<LinkState['status'], string>> = {
  loading: 'connecting',
  locked: 'needs a key',
  ready: 'connected',
  failed: 'not connected',
};

/** The conversations, and what belongs to the page as a whole. */
export function Sidebar(props: SidebarProps) {
  const {
    entries,
    current,
    connection,
    link,
    theme,
    onNew,
    onOpen,
    onRemove,
    onExport,
    onImport,
    onConnection,
    onTheme,
  } = props;
  const chooser = useRef<HTMLInputElement>(null);
  const models = link.status === 'ready' ? `, ${link.link.models.length} models` : '';
  return (
    <nav class="sidebar" aria-label="Conversations">
      <p class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <path d="M4 22h24M7 16h18M11 10h10" />
        </svg>
        Bedrock <span>playground</span>
      </p>
      <button type="button" class="new" onClick={onNew}>
        <Icon name="plus" /> New conversation
      </button>
      <ul class="entries">
        {entries.map(({ id, title }) => (
          <li key={id} data-current={id === current}>
            <button
              type="button"
              class="entry"
              aria-current={id === current ? 'page' : undefined}
              onClick={() => onOpen(id)}
            >
              <span dir="auto">{title || 'Untitled'}</span>
            </button>
            <button
              type="button"
              class="quiet icon-only"
              aria-label={`Delete “${title}”`}
              onClick={() => onRemove(id)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {entries.length === 0 && <p class="note">Conversations are kept in this browser, and nowhere else.</p>}
      <div class="sidebar-end">
        <button type="button" class="connection" data-state={link.status} onClick={onConnection}>
          <span class="dot" />
          <span>
            <b>{connection === undefined ? 'Connection' : describeConnection(connection)}</b>
            <small>
              {STATES[link.status]}
              {models}
            </small>
          </span>
        </button>
        <div class="row">
          <button
            type="button"
            class="quiet icon-only"
            aria-label="Export all conversations"
            title="Export"
            disabled={entries.length === 0}
            onClick={onExport}
          >
            <Icon name="export" />
          </button>
          <button
            type="button"
            class="quiet icon-only"
            aria-label="Import conversations"
            title="Import"
            onClick={() => chooser.current?.click()}
          >
            <Icon name="import" />
          </button>
          <input
            ref={chooser}
            type="file"
            accept="application/json,.json"
            hidden
            aria-label="File of conversations"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) onImport(file);
              event.currentTarget.value = '';
            }}
          />
          <span class="grow" />
          <button type="button" class="quiet small" aria-label={`Colours: ${theme}`} onClick={onTheme}>
            <Icon name={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'half'} /> {theme}
          </button>
        </div>
      </div>
    </nav>
  );
}
