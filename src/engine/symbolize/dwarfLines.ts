import type { DebugInfo, InlineFrame } from '../dwarf/debugInfo.js';
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
        const name = nameOf(frame, symbolizer);
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

/** C functions go by their own name: linkage names of C are a library's private aliases (`__GI_raise`). */
function nameOf(frame: InlineFrame, symbolizer: Symbolizer): string | undefined {
  const { linkageName, scope } = frame;
  if (linkageName !== undefined && /^_[ZR]/.test(linkageName)) return symbolizer.readableName(linkageName);
  const own = frame.function ?? linkageName;
  return own === undefined || scope === undefined ? own : `${scope}::${own}`;
}
