import type { Model, ModelQuirks } from 'bedrock-anywhere';
import type { ComponentChildren } from 'preact';
import { formatCount } from '../answer/spent.js';
import { acceptedSampling } from '../request/compose.js';
import { LOCAL_GUARDRAIL } from '../request/guardrail.js';
import type { Settings } from '../request/settings.js';
import { askForThought } from '../request/thinking.js';
import { Dialog } from './dialog.js';

interface SettingsPanelProps {
  settings: Settings;
  model: Model | undefined;
  quirks: ModelQuirks;
  isLocal: boolean;
  takesFaults: boolean;
  onChange(change: Partial<Settings>): void;
  onClose(): void;
}

/** Faults that are worth seeing, as the local Bedrock names them. */
const FAULTS: readonly [fault: string, label: string][] = [
  ['', 'None'],
  ['throttle=2', 'Throttled twice, then answered'],
  ['throttle=1,retry-after=2', 'Told to wait 2 seconds'],
  ['status=503', 'Service unavailable'],
  ['truncate=2500', 'The answer breaks off'],
  ['exception=modelStreamErrorException@20', 'The model fails halfway'],
  ['stall=12', 'The answer stalls'],
  ['refuse=legacy', 'The account lacks the model'],
];

/** The system prompt, and the parameters that the chosen model accepts: others are not shown. */
export function SettingsPanel(props: SettingsPanelProps) {
  const { settings, model, quirks, isLocal, takesFaults, onChange, onClose } = props;
  const { fixesSampling } = askForThought(quirks, settings, 32_000);
  const accepted = acceptedSampling(quirks, fixesSampling);
  const most = model !== undefined && model.maxTokens > 0 ? model.maxTokens : undefined;
  const isEither = quirks.temperatureOrTopP === true && settings.temperature !== undefined;
  return (
    <Dialog title="Settings" onClose={onClose} placed="drawer">
      <div class="form">
        <Field label="System prompt" hint="What the model should know and keep to.">
          <textarea
            rows={5}
            dir="auto"
            value={settings.system}
            onInput={(event) => onChange({ system: event.currentTarget.value })}
          />
        </Field>
        <fieldset>
          <legend>{model?.name ?? 'Model'}</legend>
          <NumberField
            label="Longest answer"
            hint={`Tokens${most === undefined ? '' : `, at most ${formatCount(most)}`}. Empty: as the model likes.`}
            value={settings.maxTokens}
            least={1}
            most={most ?? 1_000_000}
            step={1}
            onChange={(maxTokens) => onChange({ maxTokens })}
          />
          {accepted.temperature && (
            <NumberField
              label="Temperature"
              hint="0 is strict, 1 is varied."
              value={settings.temperature}
              least={0}
              most={1}
              step={0.05}
              onChange={(temperature) => onChange({ temperature })}
            />
          )}
          {accepted.topP && !isEither && (
            <NumberField
              label="Top P"
              hint="Only the likeliest words that add up to this much."
              value={settings.topP}
              least={0}
              most={1}
              step={0.05}
              onChange={(topP) => onChange({ topP })}
            />
          )}
          {accepted.stopSequences && (
            <Field
              label="Stop sequences"
              hint="One in each line. The answer ends where the model writes one."
            >
              <textarea
                rows={2}
                value={settings.stopSequences.join('\n')}
                onInput={(event) =>
                  onChange({
                    stopSequences: event.currentTarget.value
                      .split('\n')
                      .filter((_, i, all) => i < all.length - 1 || all[i] !== ''),
                  })
                }
              />
            </Field>
          )}
          <LeftOut accepted={accepted} isEither={isEither} isThinking={fixesSampling} />
        </fieldset>
        <fieldset>
          <legend>Answer as JSON</legend>
          <Field label="JSON Schema" hint="Empty: the answer is text.">
            <textarea
              class="mono"
              rows={6}
              spellcheck={false}
              value={settings.schema}
              onInput={(event) => onChange({ schema: event.currentTarget.value })}
            />
          </Field>
        </fieldset>
        <fieldset>
          <legend>Guardrail</legend>
          <Field
            label="Identifier"
            hint={
              isLocal
                ? `The local Bedrock has one: ${LOCAL_GUARDRAIL}. It blocks the word “swordfish”.`
                : 'Its id or ARN. Empty: none.'
            }
          >
            <input
              value={settings.guardrailId}
              spellcheck={false}
              onInput={(event) => onChange({ guardrailId: event.currentTarget.value })}
            />
          </Field>
          <Field label="Version" hint="A number, or DRAFT.">
            <input
              value={settings.guardrailVersion}
              spellcheck={false}
              onInput={(event) => onChange({ guardrailVersion: event.currentTarget.value })}
            />
          </Field>
        </fieldset>
        {takesFaults && (
          <fieldset>
            <legend>Try a fault</legend>
            <Field
              label="What goes wrong"
              hint="The local Bedrock plays it for every request, until you choose none."
            >
              <select
                value={settings.fault}
                onChange={(event) => onChange({ fault: event.currentTarget.value })}
              >
                {FAULTS.map(([fault, label]) => (
                  <option key={fault} value={fault}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
          </fieldset>
        )}
      </div>
    </Dialog>
  );
}

/** Says why something that people expect is not there. */
function LeftOut({
  accepted,
  isEither,
  isThinking,
}: {
  accepted: ReturnType<typeof acceptedSampling>;
  isEither: boolean;
  isThinking: boolean;
}) {
  const names = [
    ...(accepted.temperature ? [] : ['temperature']),
    ...(accepted.topP && !isEither ? [] : ['top P']),
    ...(accepted.stopSequences ? [] : ['stop sequences']),
  ];
  if (names.length === 0) return null;
  const when = isThinking ? ' while it thinks' : isEither ? ' next to a temperature' : '';
  return (
    <p class="note">
      This model does not accept {names.join(', ')}
      {when}.
    </p>
  );
}

export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
    <label class="field">
      <span class="field-label">{label}</span>
      {children}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

interface NumberFieldProps {
  label: string;
  hint: string;
  value: number | undefined;
  least: number;
  most: number;
  step: number;
  onChange(value: number | undefined): void;
}

function NumberField({ label, hint, value, least, most, step, onChange }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint}>
      <input
        type="number"
        inputMode="decimal"
        min={least}
        max={most}
        step={step}
        value={value ?? ''}
        onInput={(event) => {
          const { valueAsNumber } = event.currentTarget;
          const isValid = valueAsNumber >= least && valueAsNumber <= most;
          onChange(isValid ? valueAsNumber : undefined);
        }}
      />
    </Field>
  );
}
