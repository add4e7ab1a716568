// Asks the tools again whose recorded answers the tests compare with.
//   npm run check:oracles            (needs Rscript, eu-addr2line, c++filt, nm, readelf, zstd)

import { checkNames } from './oracles/names.mjs';
import { checkSourceLines } from './oracles/sourceLines.mjs';
import { checkStatistics } from './oracles/statistics.mjs';

let failed = false;
for (const check of [checkStatistics, checkSourceLines, checkNames]) {
  try {
    console.log(await check());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
