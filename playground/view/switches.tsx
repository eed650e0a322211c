import type { ModelQuirks } from 'bedrock-anywhere';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
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
        <ToolMenu count={tools.length}>
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
        </ToolMenu>
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

/** The list of tools. Like every menu it closes when something else is used. */
function ToolMenu({ count, children }: { count: number; children: ComponentChildren }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useLayoutEffect(() => {
    const leave = ({ target }: Event): void => {
      const { current } = menu;
      if (current?.open && !current.contains(target as Node)) current.open = false;
    };
    const events = ['pointerdown', 'focusin'] as const;
    for (const event of events) addEventListener(event, leave);
    return () => {
      for (const event of events) removeEventListener(event, leave);
    };
  }, []);
  return (
    <details
      ref={menu}
      class="tool-menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !event.currentTarget.open) return;
        // The key would stop the answer too.
        event.preventDefault();
        event.currentTarget.open = false;
        event.currentTarget.querySelector('summary')?.focus();
      }}
    >
      <summary class="switch" data-on={count > 0}>
        <Icon name="tool" /> Tools{count > 0 ? ` · ${count}` : ''}
      </summary>
      <div class="popover">{children}</div>
    </details>
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
