import type { BedrockErrorCode } from '../../index.js';
import type { PolicyDocument } from '../policy/document.js';

/** A line of the report. */
export interface Check {
  name: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found. */
  text: string;
  /** What to do about it. */
  advice: string[];
  /** The code of the failure, if a call failed. */
  code?: BedrockErrorCode | undefined;
  /** A policy that allows what was denied. */
  policy?: PolicyDocument;
}

export function ok(name: string, text: string): Check {
  return { name, status: 'ok', text, advice: [] };
}

export function warn(name: string, text: string, ...advice: string[]): Check {
  return { name, status: 'warning', text, advice };
}

export function fail(name: string, text: string, ...advice: string[]): Check {
  return { name, status: 'failed', text, advice };
}

export function skip(name: string, text: string): Check {
  return { name, status: 'skipped', text, advice: [] };
}
