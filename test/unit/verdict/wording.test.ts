import { describe, expect, it } from 'vitest';
import { worded } from '../../../src/engine/verdict/wording.js';

const account = 'A function returned to 0: its return address had been overwritten.';

describe('how an account is worded', () => {
  it('says what is sure as it is', () => {
    expect(worded({ account, kind: 'zeroed-return-address', confidence: 0.9 })).toBe(account);
  });

  it('calls probable what is likely, and possible what is hardly more than one reading', () => {
    const told = account.replace('A f', 'a f');
    expect(worded({ account, kind: 'zeroed-return-address', confidence: 0.89 })).toBe(`Probably: ${told}`);
    expect(worded({ account, kind: 'zeroed-return-address', confidence: 0.69 })).toBe(`Possibly: ${told}`);
  });

  it('leaves names their capitals', () => {
    const named = 'Archive::load wrote to 0x18.';
    expect(worded({ account: named, kind: 'null-dereference', confidence: 0.8 })).toBe(`Probably: ${named}`);
  });

  it('adds nothing to an account that says itself that nothing is known', () => {
    expect(worded({ account, kind: 'unknown', confidence: 0.2 })).toBe(account);
  });
});
