import type { RuntimeAddress } from '../base/addresses.js';

/** One observation, with how much it speaks for (or, negative, against) the verdict it stands under. */
export interface Evidence {
  readonly rule: string;
  /** One sentence with the numbers in it. */
  readonly text: string;
  /** -1 to 1. */
  readonly weight: number;
  readonly refs: readonly Reference[];
}

/** What an observation speaks of. */
export type Reference =
  | { readonly kind: 'register'; readonly register: string }
  | { readonly kind: 'slot'; readonly address: RuntimeAddress }
  | { readonly kind: 'frame'; readonly index: number }
  | { readonly kind: 'instruction'; readonly address: RuntimeAddress }
  | { readonly kind: 'signalFrame'; readonly address: RuntimeAddress };

export const register = (name: string): Reference => ({ kind: 'register', register: name });
export const slot = (address: RuntimeAddress): Reference => ({ kind: 'slot', address });
export const frameAt = (index: number): Reference => ({ kind: 'frame', index });
export const instruction = (address: RuntimeAddress): Reference => ({ kind: 'instruction', address });
export const signalFrame = (address: RuntimeAddress): Reference => ({ kind: 'signalFrame', address });
