import type { Kind, Label } from '../../shared/labels.js';

/** A verdict's headline: label and kind in words. */
export function verdictTitle(label: Label, kind: Kind): string {
  return label === 'other' ? KIND_WORDS[kind] : `${LABEL_WORDS[label]}: ${lowerFirst(KIND_WORDS[kind])}`;
}

const LABEL_WORDS: Readonly<Record<Label, string>> = {
  'return-to-null': 'Return to null',
  'misaligned-stack': 'Misaligned stack',
  other: '',
};

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  'unwind-transfer-race': 'Unwinder race: a signal overwrote the target',
  'context-restore-to-null': 'Context restored to address 0',
  'zeroed-return-address': 'Zeroed return address',
  'rsp-shift': 'Stack pointer shifted',
  'null-call': 'Call through a null pointer',
  'null-dereference': 'Null pointer dereference',
  'wild-read': 'Read through a wild pointer',
  'wild-write': 'Write through a wild pointer',
  'wild-jump': 'Jump to a wild address',
  'misaligned-access': 'Misaligned data',
  'return-to-wild': 'Return to a wild address',
  'stack-pointer-wild': 'Wild stack pointer',
  'stack-overflow': 'Stack overflow',
  abort: 'Abort',
  assertion: 'Assertion failed',
  'heap-corruption-abort': 'Heap corruption found',
  'stack-protector': 'Stack buffer overflow found',
  'uncaught-exception': 'Uncaught exception',
  panic: 'Panic',
  'divide-error': 'Division error',
  'illegal-instruction': 'Illegal instruction',
  'privileged-instruction': 'Privileged instruction',
  'control-protection': 'Control protection fault',
  'bus-error': 'Bus error',
  breakpoint: 'Breakpoint trap',
  seccomp: 'Forbidden system call',
  'resource-limit': 'Resource limit reached',
  watchdog: 'Watchdog',
  'killed-from-outside': 'Killed from outside',
  'live-snapshot': 'Snapshot of a living process',
  unknown: 'Unknown cause',
};

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
