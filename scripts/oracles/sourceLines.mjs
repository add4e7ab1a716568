// eu-addr2line's answers about every 16th byte of the recorded program.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inCheckout } from '../checkout.mjs';
import { ask, withRecorded } from '../../test/unit/dwarf/data/sweep/record.mjs';

/** @returns {string} what was found; @throws when a tool is not here or says something else */
export function checkSourceLines() {
  const recorded = execFileSync('zstd', ['-dqc', path.join(inCheckout('test/unit/dwarf/data/sweep'), 'answers.zst')], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const now = withRecorded(ask);
  if (now !== recorded) throw new Error('eu-addr2line says something else of test/unit/dwarf/data/sweep/heavy.zst');
  return `eu-addr2line says the same: ${(now.match(/^0x[0-9a-f]{16}$/gm) ?? []).length} addresses`;
}
