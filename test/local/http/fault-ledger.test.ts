import { describe, expect, it } from 'vitest';
import { createFaultLedger } from '../../../src/local/http/faults.js';

describe('the faults that wait', () => {
  it('are listed until a request uses them up', () => {
    const ledger = createFaultLedger(['throttle=2', 'throttle=1,html']);
    ledger.add('reset=400');
    expect(ledger.waiting()).toEqual([['throttle'], ['throttle', 'html'], ['reset']]);
    expect(ledger.next(undefined, '')).toEqual({ throttle: 2 });
    expect(ledger.waiting()).toHaveLength(3);
    expect(ledger.next(undefined, '')).toEqual({ throttle: 1 });
    expect(ledger.waiting()).toEqual([['throttle', 'html'], ['reset']]);
    expect(ledger.next(undefined, '')).toEqual({ throttle: 1, html: true });
    expect(ledger.waiting()).toEqual([['html'], ['reset']]);
    ledger.clear();
    expect(ledger.next(undefined, '')).toEqual({});
  });

  it('skip an entry that rejects nothing', () => {
    const ledger = createFaultLedger(['throttle=0', 'throttle=0,html']);
    expect(ledger.next(undefined, '')).toEqual({ html: true });
    expect(ledger.waiting()).toEqual([]);
  });
});
