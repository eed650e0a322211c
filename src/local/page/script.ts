import type { PageUpdate, Row } from './rows.js';

/**
 * The script of the page. It is sent to the browser as text, so that it may use nothing outside of itself. Everything that it
 * shows becomes text nodes: ids of models and paths are whatever a client sent.
 */
export function runPage(): void {
  const STORED = 'key';
  const MAX_ROWS = 200;
  const RETRY_MS = 2000;
  const shown = new Map<number, { row: Row; element: HTMLTableRowElement }>();
  const denied = new Set<string>();
  let key = sessionStorage.getItem(STORED) ?? '';
  let watching = false;

  function find<E extends HTMLElement>(selector: string): E {
    return document.querySelector(selector) as E;
  }

  function create<K extends keyof HTMLElementTagNameMap>(
    name: K,
    text = '',
    className = '',
  ): HTMLElementTagNameMap[K] {
    const element = document.createElement(name);
    element.textContent = text;
    if (className !== '') element.className = className;
    return element;
  }

  function createButton(text: string, label: string, onClick: () => void): HTMLButtonElement {
    const button = create('button', text);
    button.type = 'button';
    button.setAttribute('aria-label', label);
    button.addEventListener('click', onClick);
    return button;
  }

  function showState(state: 'waiting' | 'live' | 'lost', text: string): void {
    const element = find('#state');
    element.dataset['state'] = state;
    if (element.textContent !== text) element.textContent = text;
    const isLive = state === 'live';
    for (const control of document.querySelectorAll<HTMLButtonElement | HTMLInputElement>('button, input'))
      control.disabled = !isLive;
  }

  function send(path: string, body?: string): Promise<Response> {
    const headers = { 'x-page-key': key };
    return fetch(`/_page/${path}`, body === undefined ? { headers } : { method: 'POST', headers, body });
  }

  async function press(path: string, body: object, done: string): Promise<void> {
    const outcome = find('#outcome');
    try {
      const response = await send(path, JSON.stringify(body));
      outcome.textContent = response.ok ? done : await response.text();
    } catch {
      outcome.textContent = 'The local Bedrock cannot be reached.';
    }
  }

  function deny(model: string, isDenied: boolean): void {
    const done = isDenied ? `Calls of ${model} are denied.` : `Calls of ${model} are allowed again.`;
    void press('access', { model, isDenied }, done);
  }

  function createRow(row: Row): HTMLTableRowElement {
    const element = create('tr');
    const isWhole = row.ms !== undefined && row.faults.length === 0;
    const state = row.status >= 400 || row.error !== undefined ? 'bad' : isWhole ? 'good' : '';
    const status = create('td');
    status.append(create('span', row.status === 0 ? '…' : String(row.status), `status ${state}`));
    const action = create('td');
    const { model } = row;
    if (model !== undefined) action.append(createButton('Deny', `Deny ${model}`, () => deny(model, true)));
    const faults = row.faults.length > 0 ? `fault: ${row.faults.join(', ')}` : '';
    const number = (value: number | undefined): HTMLTableCellElement =>
      create('td', value === undefined ? '' : value.toLocaleString('en'), 'number');
    element.append(
      create('td', new Date(row.at).toLocaleTimeString('en-GB')),
      status,
      create('td', row.name),
      create('td', model, 'model'),
      number(row.inputTokens),
      number(row.outputTokens),
      row.ms === undefined ? create('td', 'running', 'number') : number(row.ms),
      create('td', [row.error, faults].filter(Boolean).join(' · '), 'what'),
      action,
    );
    return element;
  }

  function showRow(row: Row): void {
    const element = createRow(row);
    const before = shown.get(row.id);
    if (before === undefined) find('tbody').prepend(element);
    else before.element.replaceWith(element);
    shown.set(row.id, { row, element });
    if (shown.size <= MAX_ROWS) return;
    const oldest = Math.min(...shown.keys());
    shown.get(oldest)?.element.remove();
    shown.delete(oldest);
  }

  function showChips(id: string, items: HTMLElement[]): void {
    find(`${id} ul`).replaceChildren(...items);
    find(id).hidden = items.length === 0;
  }

  function createDeniedChip(model: string): HTMLLIElement {
    const chip = create('li', model);
    chip.append(createButton('Allow', `Allow ${model}`, () => deny(model, false)));
    return chip;
  }

  function show(update: PageUpdate): void {
    for (const row of update.rows) showRow(row);
    find('#none').hidden = shown.size > 0;
    find('.scroll').hidden = shown.size === 0;
    showChips(
      '#waiting',
      update.waiting.map((faults) => create('li', faults.join(', '))),
    );
    if (update.denied.length !== denied.size || !update.denied.every((model) => denied.has(model))) {
      denied.clear();
      for (const model of update.denied) denied.add(model);
      showChips('#denied', update.denied.map(createDeniedChip));
    }
    if (update.models === undefined) return;
    const options = update.models.map((model) => {
      const option = create('option');
      option.value = model;
      return option;
    });
    find('#models').replaceChildren(...options);
  }

  /** Shows what a response says until it ends. */
  async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      text += decoder.decode(step.value, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) show(JSON.parse(line) as PageUpdate);
    }
  }

  /** Watches until the local Bedrock does not know this page any more. */
  async function watch(): Promise<void> {
    for (;;) {
      const response = await send('requests').catch(() => undefined);
      if (response?.status === 403) break;
      if (response?.body != null && response.ok) {
        for (const { element } of shown.values()) element.remove();
        shown.clear();
        showState('live', 'Live');
        await read(response.body).catch(() => undefined);
      }
      showState('lost', 'The local Bedrock has stopped. Trying again …');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    showState('lost', 'Open the address that the terminal shows. Each opens one tab.');
  }

  /** Exchanges the token of the address for a key, which stays in this tab. */
  async function enter(): Promise<void> {
    const token = location.hash.slice(1);
    if (token !== '') {
      // What stays in the history opens nothing.
      history.replaceState(null, '', '/');
      const response = await send('visit', token).catch(() => undefined);
      if (response?.ok === true) {
        key = await response.text();
        sessionStorage.setItem(STORED, key);
      }
    }
    if (watching) return;
    watching = true;
    await watch();
    watching = false;
  }

  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-fault]')) {
    const { fault, done = '' } = button.dataset;
    button.addEventListener('click', () => void press('faults', { fault }, done));
  }
  find('#clear').addEventListener('click', () => void press('faults', {}, 'No request will fail.'));
  find<HTMLFormElement>('#deny').addEventListener('submit', (event) => {
    event.preventDefault();
    const field = find<HTMLInputElement>('#model');
    deny(field.value.trim(), true);
    field.value = '';
  });
  window.addEventListener('hashchange', () => void enter());
  showState('waiting', 'Connecting …');
  void enter();
}
