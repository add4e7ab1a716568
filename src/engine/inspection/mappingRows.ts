import type { MappingRow } from '../../shared/report.js';
import { hex } from '../base/addresses.js';
import { printablePath } from '../base/text.js';
import type { Place } from '../values/addressSpace.js';

/** A mapping as the JSON contract has it. */
export function mappingRow(place: Place): MappingRow {
  const role =
    place.role === 'stack' && place.threads.length > 0
      ? `stack of ${place.threads.slice(0, 3).join(', ')}`
      : place.role;
  return {
    start: hex(place.start),
    end: hex(place.end),
    permissions: `${place.readable ? 'r' : '-'}${place.writable ? 'w' : '-'}${place.executable ? 'x' : '-'}`,
    dumped: hex(place.dumped),
    ...(place.path === undefined ? {} : { path: printablePath(place.path) }),
    ...(role === 'mapped' ? {} : { role }),
    ...(place.fileOffset === undefined ? {} : { fileOffset: hex(place.fileOffset) }),
  };
}
