import type { ModelQuirks } from 'bedrock-anywhere';
import { useLayoutEffect, useState } from 'preact/hooks';
import { describeFailure } from '../answer/failure.js';
import type { Boot } from '../connection/boot.js';
import { type Connection, LOCAL } from '../connection/connection.js';
import { keepConnection, keepSecrets, type Secrets } from '../connection/kept.js';
import { isReachable } from '../connection/origins.js';
import { chooseTools } from '../request/page-tools.js';
import { Announcer } from './announcer.js';
import { Composer } from './composer.js';
import { ConverseHost } from './converse-host.js';
import { chooseModel } from './default-model.js';
import { type DialogName, Dialogs } from './dialogs.js';
import { FailureNotice, Thinking } from './notice.js';
import { Sidebar } from './sidebar.js';
import { Switches } from './switches.js';
import { keptTheme, nextTheme } from './theme.js';
import { Thread } from './thread.js';
import { Toast } from './toast.js';
import { TopBar } from './top-bar.js';
import { useConversations } from './use-conversations.js';
import { useKeptFocus } from './use-kept-focus.js';
import { useLater } from './use-later.js';
import { useLink } from './use-link.js';
import { useSession } from './use-session.js';
import { useShortcuts } from './use-shortcuts.js';
import { type Suggestion, Welcome } from './welcome.js';

/** The page. It is drawn at once; what answers needs loads behind it. */
export function App({ boot }: { boot: Boot | undefined }) {
  const [trouble, setTrouble] = useState('');
  const [theme, setTheme] = useState(keptTheme);
  const [dialog, setDialog] = useState<DialogName>();
  const [chosen, setChosen] = useState<{ connection: Connection; secrets: Secrets }>();
  const [draft, setDraft] = useState({ text: '' });
  const [editing, setEditing] = useState<string>();
  const [pending, setPending] = useState<Suggestion>();
  const engine = useLater(() => import('../engine/engine.js'), setTrouble);
  const markdown = useLater(() => import('../markdown/markdown.js'), setTrouble);
  const { connection, secrets } = chosen ?? {
    connection: boot?.connection,
    secrets: boot?.secrets ?? NO_SECRETS,
  };
  const [state, reconnect] = useLink(engine, connection, secrets, boot?.sessionKey);
  const { link } = state;
  const kept = useConversations(setTrouble);
  const find = (modelId: string) => {
    const model = link?.models.find(({ id }) => id === modelId);
    return { model, quirks: engine?.modelQuirks(model?.foundationModelId ?? modelId) ?? NO_QUIRKS };
  };
  const session = useSession(kept, link, find);
  const { settings, messages, status, chat } = session;
  const { model, quirks } = find(settings.modelId);
  const isBusy = status === 'submitted' || status === 'streaming';
  const isLocal = link?.isLocal === true;
  const tools =
    quirks.tools === false || settings.schema.trim() !== '' ? undefined : chooseTools(settings.tools);
  const isReady = link !== undefined && chat !== undefined;
  useLayoutEffect(() => {
    if (link === undefined || (settings.modelId !== '' && find(settings.modelId).model !== undefined)) return;
    session.change({ modelId: chooseModel(link) });
  }, [link, session.id]);
  useLayoutEffect(() => {
    if (state.status === 'locked') setDialog('connection');
  }, [state.status]);
  // A suggestion changes settings, which the next request has to see.
  useLayoutEffect(() => {
    if (pending === undefined || !isReady) return;
    setPending(undefined);
    session.send([{ text: pending.prompt }]);
  }, [pending, settings, isReady]);
  useKeptFocus();
  useShortcuts({
    stop: isBusy ? chat?.stop : undefined,
    chooseModel: () => isReady && setDialog('model'),
  });

  function editLast(): void {
    if (!isBusy) setEditing(messages.filter(({ kind }) => kind === 'prompt').at(-1)?.id);
  }
  function connectTo(next: Connection, typed: Secrets, keep: boolean): void {
    keepConnection(next);
    keepSecrets(next, keep ? typed : undefined);
    if (!isReachable(next, boot?.confinedTo ?? [])) {
      location.reload();
      return;
    }
    setChosen({ connection: next, secrets: typed });
    setDialog(undefined);
  }
  const failure =
    state.status === 'failed' ? (
      <FailureNotice
        failure={state.failure}
        onRetry={reconnect}
        onConnection={() => setDialog('connection')}
      />
    ) : session.error !== undefined && engine !== undefined ? (
      <FailureNotice
        failure={describeFailure(session.error, engine.asBedrockError(session.error))}
        onRetry={() => void chat?.retry()}
        onConnection={() => setDialog('connection')}
        onModel={() => setDialog('model')}
        onSettings={() => setDialog('settings')}
      />
    ) : undefined;
  const notice = failure ?? (status === 'submitted' ? <Thinking wait={session.wait} /> : undefined);
  const sidebar = (
    <Sidebar
      entries={kept.entries}
      current={session.id}
      connection={connection}
      link={state}
      theme={theme}
      onNew={() => {
        session.begin();
        setDraft({ text: '' });
        setDialog(undefined);
      }}
      onOpen={async (id) => {
        const found = await kept.open(id);
        if (found !== undefined) session.show(found);
        setDialog(undefined);
      }}
      onRemove={async (id) => {
        await kept.remove(id);
        if (id === session.id) session.begin();
      }}
      onExport={() => void kept.exportAll()}
      onImport={async (file) => {
        const first = await kept.importFile(file);
        if (first !== undefined) session.show(first);
        setDialog(undefined);
      }}
      onConnection={() => setDialog('connection')}
      onTheme={() => setTheme(nextTheme(theme))}
    />
  );

  return (
    <>
      <a class="skip" href="#message">
        Go to the message
      </a>
      <div class="page">
        {sidebar}
        <div class="chat">
          <TopBar
            model={model}
            modelId={settings.modelId}
            spent={session.progress.spent}
            isLocal={isLocal}
            status={state.status}
            isReady={isReady}
            onMenu={() => setDialog('menu')}
            onModel={() => setDialog('model')}
            onSettings={() => setDialog('settings')}
            onCode={() => setDialog('code')}
          />
          {messages.length === 0 && failure === undefined ? (
            <Welcome
              kind={connection?.kind ?? 'local'}
              onConnection={() => setDialog('connection')}
              onSuggestion={(suggestion) => {
                session.change(suggestion.settings ?? {});
                setPending(suggestion);
              }}
            />
          ) : (
            <Thread
              key={session.id}
              messages={messages}
              status={status}
              measures={session.progress.measures}
              isLocal={isLocal}
              isJson={settings.schema.trim() !== ''}
              Markdown={markdown?.Markdown}
              editing={editing}
              onEditing={setEditing}
              onEdit={(id, content) => {
                setEditing(undefined);
                void chat?.edit(id, content);
              }}
              onRetry={() => void chat?.retry()}
              notice={notice}
            />
          )}
          <Composer
            isBusy={isBusy}
            isReady={isReady}
            draft={draft}
            takesImages={model === undefined || model.input.includes('image')}
            onSend={session.send}
            onStop={() => chat?.stop()}
            onEditLast={editLast}
            onTrouble={setTrouble}
          >
            <Switches
              settings={settings}
              quirks={quirks}
              onChange={session.change}
              onSettings={() => setDialog('settings')}
            />
          </Composer>
        </div>
      </div>
      {engine !== undefined && (
        <ConverseHost
          key={session.id}
          useConverse={engine.useConverse}
          stream={session.stream}
          tools={tools}
          initialMessages={session.initialMessages}
          onChange={session.onChat}
        />
      )}
      <Dialogs
        open={dialog}
        onClose={() => setDialog(undefined)}
        sidebar={sidebar}
        settings={settings}
        link={link}
        model={model}
        quirks={quirks}
        isLocal={isLocal}
        messages={messages}
        toolNames={tools === undefined ? [] : Object.keys(tools)}
        connection={connection ?? LOCAL}
        secrets={secrets}
        hasMachine={boot?.hasMachine === true}
        trouble={state.status === 'failed' ? state.failure.message : undefined}
        isReachable={(next) => isReachable(next, boot?.confinedTo ?? [])}
        onSettings={session.change}
        onConnect={connectTo}
      />
      <Announcer status={status} error={session.error} />
      <Toast text={trouble} onClose={() => setTrouble('')} />
    </>
  );
}

const NO_SECRETS: Secrets = {};
const NO_QUIRKS: ModelQuirks = {};
