/**
 * The vocabulary of verdicts. `Label` is closed: the three outcomes of the write-up. `Kind` is finer and may grow with any minor
 * version, so readers of the JSON must accept kinds they do not know.
 */
export type Label = 'return-to-null' | 'misaligned-stack' | 'other';

export const LABELS: readonly Label[] = ['return-to-null', 'misaligned-stack', 'other'];

/** Which kinds each label can have. */
export const KINDS_BY_LABEL = {
  'return-to-null': ['unwind-transfer-race', 'context-restore-to-null', 'zeroed-return-address'],
  'misaligned-stack': ['rsp-shift'],
  other: [
    'unwind-transfer-race',
    'null-call',
    'null-dereference',
    'wild-read',
    'wild-write',
    'wild-jump',
    'misaligned-access',
    'return-to-wild',
    'stack-pointer-wild',
    'stack-overflow',
    'abort',
    'assertion',
    'heap-corruption-abort',
    'stack-protector',
    'uncaught-exception',
    'panic',
    'divide-error',
    'illegal-instruction',
    'privileged-instruction',
    'control-protection',
    'bus-error',
    'breakpoint',
    'seccomp',
    'resource-limit',
    'watchdog',
    'killed-from-outside',
    'live-snapshot',
    'unknown',
  ],
} as const satisfies Record<Label, readonly string[]>;

export type Kind = (typeof KINDS_BY_LABEL)[Label][number];

/** What the offending address was: an attribute, never a kind. */
export type AddressClass =
  'null' | 'near-null' | 'noncanonical' | 'kernel' | 'guard' | 'unmapped' | 'protected' | 'misaligned';

/** Which rule found a frame, strongest first. */
export type FrameTrust = 'context' | 'signalFrame' | 'cfi' | 'framePointer' | 'callTarget' | 'scan';
