import { ServiceException } from '../exception.js';

/** What a server lets its clients use, so that none of them can take its memory or keep its connections. */
export interface NodeLimits {
  /** Connections at once; more are closed as they come. An idle one takes some 10 KB. */
  connections: number;
  /** Bytes of a head: as many as Node's servers accept by default, and several times the longest session token. */
  headBytes: number;
  /** Fields of a head: as many as Node accepts over HTTP/2. AWS's client in a browser sends some 25. */
  fields: number;
  /** Requests at once on one connection of HTTP/2. */
  streams: number;
  /** Bytes of all the bodies that are held at once: some 20 of the longest. */
  bodyBytes: number;
  /** How long a head may take. */
  headMs: number;
  /** How long a whole request may take; over HTTP/2, how long its body may pause. */
  requestMs: number;
  /** How long a connection may stay without a request. Chromium and Node's `fetch` close theirs earlier. */
  idleMs: number;
  /** How often the connections are looked through for the limits above. */
  checkMs: number;
}

/** Heads and requests may take as long as at Node's own servers. */
export const NODE_LIMITS: NodeLimits = {
  connections: 4096,
  headBytes: 16_384,
  fields: 128,
  streams: 1000,
  bodyBytes: 512_000_000,
  headMs: 60_000,
  requestMs: 300_000,
  idleMs: 330_000,
  checkMs: 30_000,
};

/** Room for the bodies that are held at once. */
export interface BodyRoom {
  /** Takes room for so many bytes; false if there is not enough. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

export function createBodyRoom(bytes: number): BodyRoom {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    giveBack(taken) {
      left += taken;
    },
  };
}

/** Bodies are held until their responses have ended, so it helps to send the request again later. */
export function noRoom(): ServiceException {
  return new ServiceException(
    'ServiceUnavailableException',
    'The local Bedrock holds as many request bodies as it can. Send fewer large requests at once, or retry.',
  );
}

export function tooManyFields(most: number): ServiceException {
  return new ServiceException(
    'RequestEntityTooLargeException',
    `The request has more than ${most} header fields.`,
  );
}
