import type { ModelQuirks } from 'bedrock-anywhere';
import { TOOL_LABELS } from '../request/page-tools.js';
import type { Settings } from '../request/settings.js';
import { canThink, effortsOf } from '../request/thinking.js';
import { Icon, type IconName } from './icon.js';

interface SwitchesProps {
  settings: Settings;
  quirks: ModelQuirks;
  onChange(change: Partial<Settings>): void;
  onSettings(): void;
}

/** What is on for the next message, below the text: one click switches it. */
export function Switches({ settings, quirks, onChange, onSettings }: SwitchesProps) {
  const { isThinking, effort, tools, schema, guardrailId, fault } = settings;
  const efforts = effortsOf(quirks);
  return (
    <>
      {canThink(quirks) && (
        <span class="switch-group">
          <Switch
            icon="think"
            label="Think"
            isOn={isThinking}
            onClick={() => onChange({ isThinking: !isThinking })}
          />
          {isThinking && efforts.length > 1 && (
            <select
              aria-label="Effort of thinking"
              value={efforts.includes(effort) ? effort : efforts[0]}
              onChange={(event) => onChange({ effort: event.currentTarget.value })}
            >
              {efforts.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </span>
      )}
      {quirks.tools !== false && (
        <details class="tool-menu">
          <summary class="switch" data-on={tools.length > 0}>
            <Icon name="tool" /> Tools{tools.length > 0 ? ` · ${tools.length}` : ''}
          </summary>
          <div class="popover">
            {Object.entries(TOOL_LABELS).map(([name, { label, hint }]) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={tools.includes(name)}
                  onChange={(event) =>
                    onChange({
                      tools: event.currentTarget.checked
                        ? [...tools, name]
                        : tools.filter((one) => one !== name),
                    })
                  }
                />
                <span>
                  <b>{label}</b>
                  <small>{hint}</small>
                </span>
              </label>
            ))}
          </div>
        </details>
      )}
      {schema.trim() !== '' && (
        <Switch icon="braces" label="JSON" isOn onClick={() => onChange({ schema: '' })} />
      )}
      {guardrailId.trim() !== '' && (
        <Switch icon="shield" label="Guardrail" isOn onClick={() => onChange({ guardrailId: '' })} />
      )}
      {fault !== '' && <Switch icon="alert" label="Fault" isOn onClick={onSettings} />}
    </>
  );
}

function Switch({
  icon,
  label,
  isOn,
  onClick,
}: {
  icon: IconName;
  label: string;
  isOn: boolean;
  onClick(): void;
}) {
  return (
    <button type="button" class="switch" data-on={isOn} aria-pressed={isOn} onClick={onClick}>
      <Icon name={icon} /> {label}
    </button>
  );
}
