import type { Model } from 'bedrock-anywhere';
import { formatCost, formatCount, type Spent } from '../answer/spent.js';
import { Icon } from './icon.js';
import type { LinkState } from './use-link.js';

interface TopBarProps {
  model: Model | undefined;
  modelId: string;
  spent: Spent;
  isLocal: boolean;
  status: LinkState['status'];
  /** Whether a model can be chosen. */
  isReady: boolean;
  onMenu(): void;
  onModel(): void;
  onSettings(): void;
  onCode(): void;
}

/** Above the conversation: the model, what was spent, and the doors to everything else. */
export function TopBar({
  model,
  modelId,
  spent,
  isLocal,
  status,
  isReady,
  onMenu,
  onModel,
  onSettings,
  onCode,
}: TopBarProps) {
  const tokens = spent.inputTokens + spent.outputTokens;
  return (
    <header class="top-bar">
      <button type="button" class="quiet icon-only menu-button" aria-label="Conversations" onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <button type="button" class="model-button" disabled={!isReady} onClick={onModel} aria-haspopup="dialog">
        <span class="model-button-name">
          {model?.name ?? (modelId || (status === 'loading' ? 'Loading …' : 'No model'))}
        </span>
        {model !== undefined && <span class="model-button-provider">{model.provider}</span>}
        <Icon name="down" />
      </button>
      <span class="grow" />
      {spent.answers > 0 && (
        <span
          class="total"
          title={`${spent.inputTokens} tokens in, ${spent.outputTokens} out${isLocal ? '; what AWS would have charged' : ''}`}
        >
          {isLocal || spent.isEstimate ? '≈ ' : ''}
          {formatCost(spent.cost)} <small>{formatCount(tokens)} tokens</small>
        </span>
      )}
      <button type="button" class="quiet icon-only" aria-label="Show code" title="Show code" onClick={onCode}>
        <Icon name="code" />
      </button>
      <button
        type="button"
        class="quiet icon-only"
        aria-label="Settings"
        title="Settings"
        onClick={onSettings}
      >
        <Icon name="sliders" />
      </button>
    </header>
  );
}
