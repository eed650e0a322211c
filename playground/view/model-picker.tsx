import type { Model } from 'bedrock-anywhere';
import { useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../answer/spent.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

interface ModelPickerProps {
  models: readonly Model[];
  chosen: string;
  onChoose(id: string): void;
  onClose(): void;
}

/** A property of a model that people look for. */
const BADGES: readonly [name: string, has: (model: Model) => boolean][] = [
  ['images', ({ input }) => input.includes('image')],
  ['video', ({ input }) => input.includes('video')],
  ['tools', ({ tools }) => tools === true],
  ['reasoning', ({ reasoning }) => reasoning === true],
  ['cache', ({ promptCaching }) => promptCaching === true],
];

/** Every id that can be invoked, a model's profiles included, found by a few letters of anything about it. */
export function ModelPicker({ models, chosen, onChoose, onClose }: ModelPickerProps) {
  const [words, setWords] = useState('');
  const [at, setAt] = useState<string | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => findModels(models, words), [models, words]);
  const active = found.find(({ id }) => id === (at ?? chosen)) ?? found[0];

  function move(by: number): void {
    const from = found.findIndex(({ id }) => id === active?.id);
    const next = found[(from + by + found.length) % found.length];
    if (next === undefined) return;
    setAt(next.id);
    list.current?.querySelector(`[data-id="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: 'nearest' });
  }

  return (
    <Dialog title="Choose a model" onClose={onClose} class="picker">
      <div class="search">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Search models"
          aria-expanded="true"
          aria-controls="models"
          aria-activedescendant={active && optionId(active.id)}
          placeholder="Name, provider, id, images, tools …"
          value={words}
          autoFocus
          onInput={(event) => {
            setWords(event.currentTarget.value);
            setAt(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') move(1);
            else if (event.key === 'ArrowUp') move(-1);
            else if (event.key === 'Enter' && active !== undefined) onChoose(active.id);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      {found.length === 0 && <p class="note">No model has all of these words.</p>}
      <div ref={list} id="models" class="models" role="listbox" aria-label="Models">
        {groupByProvider(found).map(([provider, group]) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options
          <div key={provider} role="group" aria-label={provider}>
            <p class="provider" aria-hidden="true">
              {provider}
            </p>
            {group.map((model) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the search field above hears the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search field
              <div
                key={model.id}
                id={optionId(model.id)}
                data-id={model.id}
                role="option"
                aria-selected={model.id === chosen}
                class={model.id === active?.id ? 'model active' : 'model'}
                onClick={() => onChoose(model.id)}
              >
                <ModelRow model={model} isChosen={model.id === chosen} />
              </div>
            ))}
          </div>
        ))}
      </div>
      <p class="note" role="status">
        {found.length} of {models.length} models. Prices are for a million tokens, in and out.
      </p>
    </Dialog>
  );
}

function ModelRow({ model, isChosen }: { model: Model; isChosen: boolean }) {
  const { name, id, cost, contextWindow, limits } = model;
  const profile = applicationOf(model);
  return (
    <>
      <span class="model-name">
        {name}
        {profile !== undefined && <span class="profile-name">{profile}</span>}
        {isChosen && <Icon name="check" />}
      </span>
      <span class="model-facts">
        {limits === 'known' && <span>{formatCount(contextWindow)} context</span>}
        {cost !== undefined && (
          <span>
            ${trim(cost.input)} / ${trim(cost.output)}
          </span>
        )}
      </span>
      <span class="model-id">{id}</span>
      <span class="badges">
        <span class="badge place">{reachOf(model)}</span>
        {BADGES.filter(([, has]) => has(model)).map(([badge]) => (
          <span key={badge} class="badge">
            {badge}
          </span>
        ))}
      </span>
    </>
  );
}

/** Where a request may be answered. */
function reachOf({ via, region }: Model): string {
  if (via === undefined) return region || 'gateway';
  if (via.type === 'application') return 'application profile';
  return via.global ? 'global' : (via.id.split('.')[0] ?? region);
}

/** The name of the application profile that an id stands for: only its owner knows what the ARN means. */
function applicationOf({ via }: Model): string | undefined {
  return via?.type === 'application' ? via.name : undefined;
}

/** The models that have every word in their name, provider, id or properties. */
function findModels(models: readonly Model[], words: string): readonly Model[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return sorted(models);
  return sorted(
    models.filter((model) => {
      const badges = BADGES.filter(([, has]) => has(model)).map(([badge]) => badge);
      const text = [model.name, applicationOf(model), model.provider, model.id, reachOf(model), ...badges]
        .join(' ')
        .toLowerCase();
      return wanted.every((word) => text.includes(word));
    }),
  );
}

function sorted(models: readonly Model[]): readonly Model[] {
  return [...models].sort((a, b) => a.provider.localeCompare(b.provider) || a.name.localeCompare(b.name));
}

function groupByProvider(models: readonly Model[]): [provider: string, models: Model[]][] {
  const groups = new Map<string, Model[]>();
  for (const model of models) groups.set(model.provider, [...(groups.get(model.provider) ?? []), model]);
  return [...groups];
}

function trim(usd: number): string {
  return usd >= 10 ? usd.toFixed(0) : String(Number(usd.toFixed(3)));
}

function optionId(id: string): string {
  return `model-${id.replace(/[^\w-]/g, '_')}`;
}
