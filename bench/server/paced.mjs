/**
 * Answers at a pace: `load.<events per second>.<events>.<fault>.<number>`. Event 0 says when the stream began, the others
 * are their own number, so that a client knows of each how late it is. A fault strikes in the middle of the answer.
 */
import { closing, frame, opening, padding } from './answers.mjs';

const TICK_MS = 2;

/** The events of all streams that are equally long, in one buffer. */
const tracks = new Map();
const active = new Set();
/** Models that were throttled once already. */
const throttled = new Set();
let isTicking = false;
/** How late the server itself was at most, in ms; writes that a client held up by not reading are set aside. */
let latest = 0;

const delta = (text, i) =>
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: padding(i) });

/** Encodes a track beforehand. */
export function trackOf(count) {
  let track = tracks.get(count);
  if (track === undefined) {
    const frames = Array.from({ length: count }, (_, i) => (i === 0 ? Buffer.alloc(0) : delta(` ${i}`, i)));
    const starts = new Float64Array(count + 1);
    for (const [i, bytes] of frames.entries()) starts[i + 1] = starts[i] + bytes.length;
    track = { bytes: Buffer.concat(frames), starts, end: Buffer.concat(closing('end_turn', count)) };
    tracks.set(count, track);
  }
  return track;
}

/** What the server saw since it was last asked. */
export function pacing() {
  const seen = { latestMs: latest };
  latest = 0;
  return seen;
}

const HEAD = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'request-1' };

/** Answers a request at its pace. */
export function pace(model, response) {
  const [, rate, events, fault] = model.split('.');
  const count = Number(events);
  if (fault === 'throttle' || (fault === 'throttleonce' && !throttled.delete(model))) {
    if (fault === 'throttleonce') throttled.add(model);
    response.writeHead(429, {
      'content-type': 'application/json',
      'x-amzn-errortype': 'ThrottlingException',
      'x-amzn-requestid': 'request-1',
    });
    return response.end('{"message":"Too many requests, please wait before trying again."}');
  }
  response.writeHead(200, HEAD);
  const begun = performance.now();
  const { starts, bytes, end } = trackOf(count);
  const startedUs = Number(process.hrtime.bigint() / 1000n);
  response.write(Buffer.concat([opening, delta(`@${startedUs}`, 0)]));
  const stream = { response, count, fault, starts, bytes, end, begun, period: 1000 / Number(rate), sent: 1 };
  active.add(stream);
  response.on('close', () => active.delete(stream));
  if (!isTicking) setTimeout(tick, TICK_MS);
  isTicking = true;
}

function tick() {
  const now = performance.now();
  for (const stream of active) advance(stream, now);
  isTicking = active.size > 0;
  if (isTicking) setTimeout(tick, TICK_MS);
}

function advance(stream, now) {
  const { response, count, fault, starts, bytes, end, begun, period, sent } = stream;
  const due = Math.min(count, Math.floor((now - begun) / period) + 1);
  if (due <= sent) return;
  if (response.writableNeedDrain) {
    stream.isHeldUp = true;
    return;
  }
  if (!stream.isHeldUp) latest = Math.max(latest, now - (begun + sent * period));
  stream.isHeldUp = false;
  if (fault !== 'none' && fault !== 'throttleonce' && due > count / 2) {
    active.delete(stream);
    return strike(stream);
  }
  response.write(bytes.subarray(starts[sent], starts[due]));
  stream.sent = due;
  if (due < count) return;
  active.delete(stream);
  response.end(end);
}

/** The ways in which answers fail. A stall does nothing: the client has to give up. */
function strike({ response, fault, bytes, starts, sent }) {
  const faults = {
    cut: () => response.end(),
    cutframe: () => response.end(bytes.subarray(starts[sent], starts[sent] + 20)),
    broken: () => response.socket.destroy(),
    reset: () => response.socket.resetAndDestroy(),
    exception: () => {
      response.end(frame('modelStreamErrorException', { message: 'The model failed.' }, 'exception'));
    },
    stall: () => {},
  };
  faults[fault]();
}
