import type { Model, ModelQuirks } from 'bedrock-anywhere';
import type { ConversationMessage } from 'bedrock-anywhere/react';
import type { ComponentChildren } from 'preact';
import type { CodeRequest } from '../code/code-request.js';
import type { Connection } from '../connection/connection.js';
import type { Secrets } from '../connection/kept.js';
import type { Link } from '../engine/engine.js';
import { composeRequest } from '../request/compose.js';
import type { Settings } from '../request/settings.js';
import { ConnectionDialog } from './connection-dialog.js';
import { Dialog } from './dialog.js';
import { ModelPicker } from './model-picker.js';
import { SettingsPanel } from './settings-panel.js';
import { useLater } from './use-later.js';

export type DialogName = 'menu' | 'model' | 'settings' | 'connection' | 'code';

interface DialogsProps {
  open: DialogName | undefined;
  onClose(): void;
  sidebar: ComponentChildren;
  settings: Settings;
  link: Link | undefined;
  model: Model | undefined;
  quirks: ModelQuirks;
  isLocal: boolean;
  messages: readonly ConversationMessage[];
  toolNames: readonly string[];
  connection: Connection;
  secrets: Secrets;
  hasMachine: boolean;
  trouble: string | undefined;
  isReachable(connection: Connection): boolean;
  onSettings(change: Partial<Settings>): void;
  onConnect(connection: Connection, secrets: Secrets, keep: boolean): void;
}

/** The dialog that is open, if any. */
export function Dialogs(props: DialogsProps) {
  const { open, onClose, sidebar, settings, link, model, quirks, isLocal, onSettings } = props;
  switch (open) {
    case 'menu':
      return (
        <Dialog title="Conversations" onClose={onClose} placed="side">
          {sidebar}
        </Dialog>
      );
    case 'model':
      return (
        <ModelPicker
          models={link?.models ?? []}
          chosen={settings.modelId}
          onClose={onClose}
          onChoose={(modelId) => {
            onSettings({ modelId });
            onClose();
          }}
        />
      );
    case 'settings':
      return (
        <SettingsPanel
          settings={settings}
          model={model}
          quirks={quirks}
          isLocal={isLocal}
          takesFaults={link?.takesFaults === true}
          onChange={onSettings}
          onClose={onClose}
        />
      );
    case 'connection':
      return (
        <ConnectionDialog
          connection={props.connection}
          secrets={props.secrets}
          hasMachine={props.hasMachine}
          trouble={props.trouble}
          isReachable={props.isReachable}
          onConnect={props.onConnect}
          onClose={onClose}
        />
      );
    case 'code':
      return <LaterCode {...props} />;
    default:
      return null;
  }
}

/** The code that writes code loads when someone wants to see it. */
function LaterCode(props: DialogsProps) {
  const loaded = useLater(
    () => import('./code-dialog.js'),
    () => props.onClose(),
  );
  if (loaded === undefined) return null;
  return <loaded.CodeDialog request={codeRequest(props)} onClose={props.onClose} />;
}

function codeRequest(props: DialogsProps): CodeRequest | { trouble: string } {
  const { settings, model, quirks, messages, connection, toolNames } = props;
  try {
    const sent = messages.map(({ role, content }) => ({ role, content: [...content] }));
    // What will be typed next is not known.
    if (sent.at(-1)?.role !== 'user') sent.push({ role: 'user', content: [{ text: 'Your next message' }] });
    return {
      connection,
      frame: composeRequest(settings, { model, quirks }),
      messages: sent,
      tools: toolNames,
    };
  } catch (error) {
    return { trouble: (error as Error).message };
  }
}
