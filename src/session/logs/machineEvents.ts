import type { LogLine } from './logLine.js';

/** Lines in which the hardware complains: machine checks (arch/x86/kernel/cpu/mce), EDAC, and what mcelog and rasdaemon print of them. */
export function isMachineEvent({ text }: LogLine): boolean {
  return MACHINE.test(text);
}

const MACHINE =
  /\bmce: \[Hardware Error\]|\[Hardware Error\]: (?!event severity: info)|^EDAC (?:\S+ )?(?:MC\d*|PCI\d*|DEVICE\d*): |^EDAC MC\d+: \d+ [CU]E |\bmce: CPU\d+: |Machine check events logged|mce: Uncorrected hardware memory error|Memory failure: 0x[0-9a-f]+:/;
