import { useState } from 'preact/hooks';
import { type Connection, type ConnectionKind, FORMS, KINDS, whyNot } from '../connection/connection.js';
import { keptSecrets, type Secrets } from '../connection/kept.js';
import { Dialog } from './dialog.js';
import { Field } from './settings-panel.js';

interface ConnectionDialogProps {
  connection: Connection;
  secrets: Secrets;
  /** Whether the server of the page calls Bedrock itself. */
  hasMachine: boolean;
  /** Why it does not work at the moment. */
  trouble: string | undefined;
  /** Whether the page can reach a connection without being loaded again. */
  isReachable(connection: Connection): boolean;
  onConnect(connection: Connection, secrets: Secrets, keep: boolean): void;
  onClose(): void;
}

const LABELS: Readonly<Record<string, readonly [label: string, placeholder: string, hint?: string]>> = {
  region: ['Region', 'us-east-1'],
  endpoint: ['Address', 'https://gateway.example.com'],
  identityPoolId: ['Identity pool', 'eu-central-1:01234567-89ab-…'],
  guestRoleArn: ['Role of guests', 'arn:aws:iam::123456789012:role/bedrock-guests'],
  loginProvider: ['Identity provider', 'cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc'],
};

/** Where requests go, and as whom. Secrets are typed when the page may already connect there. */
export function ConnectionDialog(props: ConnectionDialogProps) {
  const { hasMachine, trouble, isReachable, onConnect, onClose } = props;
  const [draft, setDraft] = useState(props.connection);
  const [secrets, setSecrets] = useState<Secrets>(props.secrets);
  const [keep, setKeep] = useState(() => Object.keys(keptSecrets(props.connection)).length > 0);
  const [isTried, setIsTried] = useState(false);
  const { summary, fields, secrets: secretFields } = FORMS[draft.kind];
  const mistake = whyNot(draft);
  const needsReload = mistake === undefined && !isReachable(draft);
  const kinds = KINDS.filter((kind) => kind !== 'machine' || hasMachine);

  return (
    <Dialog title="Connection" onClose={onClose} class="connection-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          setIsTried(true);
          if (mistake === undefined) onConnect(draft, needsReload ? {} : trimmed(secrets), keep);
        }}
      >
        {trouble !== undefined && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <fieldset class="kinds">
          <legend>How to connect</legend>
          {kinds.map((kind) => (
            <label key={kind} class="kind">
              <input
                type="radio"
                name="kind"
                value={kind}
                checked={draft.kind === kind}
                onChange={() => {
                  setDraft({ ...draft, kind: kind as ConnectionKind });
                  setSecrets({});
                  setIsTried(false);
                }}
              />
              {FORMS[kind].title}
            </label>
          ))}
        </fieldset>
        <p class="note">{summary}</p>
        {fields.map((field) => {
          const [label, placeholder] = LABELS[field] ?? [field, ''];
          const isOptional = field === 'endpoint' && draft.kind !== 'gateway';
          return (
            <Field
              key={field}
              label={isOptional ? `${label} (if it is not AWS)` : label}
              {...(isTried && mistake?.field === field && { hint: mistake.message })}
            >
              <input
                value={draft[field]}
                placeholder={isOptional ? 'http://127.0.0.1:4000' : placeholder}
                spellcheck={false}
                autocapitalize="off"
                aria-invalid={isTried && mistake?.field === field}
                onInput={(event) => setDraft({ ...draft, [field]: event.currentTarget.value.trim() })}
              />
            </Field>
          );
        })}
        {needsReload ? (
          <p class="note">
            The page may not connect there yet. It loads again with permission for these addresses and no
            others
            {secretFields.length > 0 && '; then it asks for what is secret'}.
          </p>
        ) : (
          <>
            {secretFields.map(({ name, label, placeholder, isOptional }, i) => (
              <Field key={name} label={isOptional ? `${label} (if there is one)` : label}>
                <input
                  type="password"
                  autoFocus={i === 0}
                  autocomplete="off"
                  spellcheck={false}
                  value={secrets[name] ?? ''}
                  placeholder={placeholder}
                  required={isOptional !== true}
                  onInput={(event) => setSecrets({ ...secrets, [name]: event.currentTarget.value })}
                />
              </Field>
            ))}
            {secretFields.length > 0 && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={keep}
                  onChange={(event) => setKeep(event.currentTarget.checked)}
                />
                <span>
                  Keep until this tab is closed
                  <small>Otherwise it is forgotten when the page is loaded again.</small>
                </span>
              </label>
            )}
          </>
        )}
        <div class="actions">
          <button type="submit" class="primary">
            {needsReload ? 'Continue' : 'Connect'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function trimmed(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.trim()]));
}
