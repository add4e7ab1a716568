import type { DebugInfo, InlineFrame } from '../dwarf/debugInfo.js';
import { printablePath } from '../base/text.js';
import { toLink } from '../modules/moduleMap.js';
import type { SourceLine, SourceLines } from './sourceLines.js';
import type { Symbolizer } from './symbolizer.js';

/** MD5 of source files as they were compiled, 16 bytes, by path as shown; `undefined` where two modules contradict each other. */
export type SourceDigests = Map<string, Uint8Array | undefined>;

/**
 * Source lines from the DWARF of a module's binary or debug file.
 *
 * @param digests is added to with every line that is found
 */
export function dwarfLines(symbolizer: Symbolizer, digests: SourceDigests = new Map()): SourceLines {
  return {
    locate(module, address) {
      const link = toLink(module, address);
      if (link === undefined) return undefined;
      const debugInfo: DebugInfo | undefined = module.debugImage?.debugInfo ?? module.image?.debugInfo;
      const found = debugInfo?.locate(link);
      return found?.map((frame): SourceLine => {
        const name = nameOf(frame, symbolizer);
        const file = frame.file === undefined ? undefined : printablePath(frame.file);
        if (file !== undefined && frame.md5 !== undefined) remember(digests, file, frame.md5);
        return {
          ...(name === undefined ? {} : { function: printablePath(name) }),
          ...(file === undefined ? {} : { file }),
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

function remember(digests: SourceDigests, file: string, md5: Uint8Array): void {
  const known = digests.get(file);
  if (known === undefined && digests.has(file)) return;
  const contradicts = known !== undefined && known.some((byte, i) => byte !== md5[i]);
  if (known === undefined || contradicts) digests.set(file, contradicts ? undefined : md5);
}
