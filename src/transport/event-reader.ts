import { hasMethods } from '../input/read.js';
import type { EventReader } from '../options.js';
import { transportError } from './route.js';

/** Checks what a transport opened: one in plain JavaScript may return anything. */
export function requireEventReader<E>(opened: EventReader<E>): EventReader<E> {
  if (hasMethods(opened, 'take', 'more', 'close')) return opened;
  throw transportError('events, { take, more, close, requestId }');
}

/** Closes an answer that came after an abort. */
export function closeReader(events: EventReader<unknown>): void {
  events.close();
}
