import type { UnwinderRow } from '../../shared/report.js';
import { hex } from '../base/addresses.js';
import { printablePath } from '../base/text.js';
import type { Inspection } from './openInspection.js';

/** Whose unwinder each module calls; empty without a judgement. */
export function unwinderRows({ judgement }: Inspection): readonly UnwinderRow[] {
  return (judgement?.unwinders() ?? []).map(({ importer, symbol, target, library, hole }) => ({
    importer: printablePath(importer.path),
    ...(symbol === undefined ? {} : { symbol }),
    target: hex(target),
    ...(library === undefined ? {} : { library: printablePath(library.path) }),
    ...(hole === undefined ? {} : { hole: hex(hole.address) }),
  }));
}
