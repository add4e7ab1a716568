import type { AddressClass, Kind, Label } from './kinds.js';
import type { BitFlip } from './bitFlip.js';
import type { CandidateStack } from './candidateStacks.js';
import type { Evidence } from './evidence.js';

/** What a rule concluded. */
export interface Finding {
  readonly label: Label;
  readonly kind: Kind;
  /** 0 to 1. */
  readonly confidence: number;
  /** One or two sentences: what happened. */
  readonly account: string;
  readonly evidence: readonly Evidence[];
  /** What was not there to check. */
  readonly missing: readonly string[];
  readonly shift?: number;
  readonly address?: AddressClass;
  /** The stack to show; the registers as they are when absent. */
  readonly stack?: CandidateStack;
  /** Stacks that fit nearly as well as the chosen one. */
  readonly alternatives?: readonly CandidateStack[];
  readonly exception?: Exception;
  /** One turned bit that would explain it. */
  readonly bitFlip?: BitFlip;
  /** Number of a documented bug, by its entry in `knownBugs`. */
  readonly knownBug?: string;
}

/** A C++ exception that was being delivered or that nobody caught. */
export interface Exception {
  readonly type: string;
  readonly what?: string;
  readonly landingPad?: bigint;
}
