/**
 * The registers beside the general ones, as a core or a signal frame holds them. What was not saved is not the same as what is in
 * its initial state: the first is unknown, the second has a value that nobody ever wrote.
 */
export interface ExtendedState {
  /** In order of number, each at the widest form that is held. */
  readonly vectors: readonly VectorRegister[];
  /** Each part that a processor saves or leaves out as a whole. */
  readonly components: readonly RegisterComponent[];
}

export interface VectorRegister {
  readonly name: string;
  /** Full width, lowest byte first. */
  readonly bytes: Uint8Array;
  /** No part of it was saved: it is zero because it was never written. */
  readonly initial: boolean;
}

export interface RegisterComponent {
  /** As the processor's manual calls it. */
  readonly name: string;
  readonly state: ComponentState;
  /** Why it is not there, or what its state means, in a few words; empty when there is nothing to say. */
  readonly text: string;
  /** Those of its registers that are not vectors; none where they are unknown. */
  readonly registers: readonly ExtendedRegister[];
}

/**
 * - `saved`: written by the processor
 * - `initial`: the processor left it out because it was in its initial state; the values are those of that state
 * - `not-saved`: there is no place for it, so that its values are unknown
 */
export type ComponentState = 'saved' | 'initial' | 'not-saved';

export interface ExtendedRegister {
  readonly name: string;
  readonly value: bigint;
  /** What the value means, in a few words. */
  readonly text?: string;
  /** The value is an address of the process. */
  readonly isAddress?: true;
}
