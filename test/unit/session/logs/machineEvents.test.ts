import { describe, expect, it } from 'vitest';
import { isMachineEvent } from '../../../../src/session/logs/machineEvents.js';

describe('what the hardware says', () => {
  it.each([
    'mce: [Hardware Error]: Machine check events logged',
    'mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 4: a600000000020408',
    'EDAC sbridge MC1: CPU 1: Machine Check Event: 0 Bank 11: 8c00004f000800c2',
    'EDAC MC0: 4 CE error on CPU#0Channel#2_DIMM#0 (channel:2 slot:0 page:0x0 offset:0x0 grain:8 syndrome:0x0)',
    'Memory failure: 0x3a21f: recovery action for dirty LRU page: Recovered',
    'mcelog: Hardware event. This is not a software error.',
  ])('%s', (text) => {
    expect(isMachineEvent({ text })).toBe(true);
  });

  it.each([
    'mce: CPU supports 7 MCE banks',
    'mce: CPU0: Thermal monitoring enabled (TM1)',
    'mce: CPU3: Package temperature above threshold, cpu clock throttled (total events = 1)',
    'mce: [Hardware Error]: TSC 0 ADDR fef4c9e0 ',
    'mce: [Hardware Error]: PROCESSOR 0:706a1 TIME 1537152664 SOCKET 0 APIC 0 microcode 28',
    'EDAC sbridge MC1: HANDLING MCE MEMORY ERROR',
    'EDAC MC0: Giving out device to module skx_edac controller Skylake Socket#0 IMC#0: DEV 0000:2e:0a.0 (INTERRUPT)',
    'systemd[1]: Started Machine Check Exception Logging Daemon.',
  ])('not: %s', (text) => {
    expect(isMachineEvent({ text })).toBe(false);
  });
});
