import type { DebugInfo } from '../dwarf/debugInfo.js';
import { printablePath } from '../base/text.js';
import { toLink } from '../modules/moduleMap.js';
import type { SourceLine, SourceLines } from './sourceLines.js';
import type { Symbolizer } from './symbolizer.js';

/** Source lines from the DWARF of a module's binary or debug file. */
export function dwarfLines(symbolizer: Symbolizer): SourceLines {
  return {
    locate(module, address) {
      const link = toLink(module, address);
      if (link === undefined) return undefined;
      const debugInfo: DebugInfo | undefined = module.debugImage?.debugInfo ?? module.image?.debugInfo;
      const found = debugInfo?.locate(link);
      return found?.map((frame): SourceLine => {
        const name = frame.linkageName === undefined ? frame.function : symbolizer.readableName(frame.linkageName);
        return {
          ...(name === undefined ? {} : { function: printablePath(name) }),
          ...(frame.file === undefined ? {} : { file: printablePath(frame.file) }),
          ...(frame.line === undefined ? {} : { line: frame.line }),
          ...(frame.column === undefined ? {} : { column: frame.column }),
        };
      });
    },
  };
}
