import type { LogLine } from './logLine.js';

/**
 * Lines in which the hardware complains: machine checks (arch/x86/kernel/cpu/mce), EDAC, and what mcelog and rasdaemon print of them.
 * The lines below one that only give its registers are none of their own, and what it is to be hot is no error.
 */
export function isMachineEvent({ text }: LogLine): boolean {
  return MACHINE.test(text) && !DETAIL.test(text);
}

const MACHINE =
  /\bmce: \[Hardware Error\]|\[Hardware Error\]: (?!event severity: info)|\bEDAC (?:\S+ )?(?:MC\d*|PCI\d*|DEVICE\d*): |\bmce: CPU\d+: |Machine check events logged|mce: Uncorrected hardware memory error|Memory failure: 0x[0-9a-f]+:|Hardware event\. This is not a software error|\bmce_record:/;

const DETAIL =
  /(?:\[Hardware Error\]: |EDAC (?:\S+ )?MC\d*: )(?:TSC|ADDR|MISC|PROCESSOR|RIP|PPIN|SYND|IPID|HANDLING|Giving out device|Run the above)|CPU\d+: .*(?:Thermal monitoring|temperature)|Giving out device/;
