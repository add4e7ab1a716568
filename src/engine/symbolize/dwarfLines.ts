import { printablePath } from '../base/text.js';
import type { InlineFrame } from '../dwarf/debugInfo.js';
import { FactKey } from '../modules/imageFacts.js';
import type { ModuleImage } from '../modules/moduleImage.js';
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
      const image = [module.debugImage, module.image].find((candidate) => candidate?.debugInfo !== undefined);
      const found = image?.facts.at(LINES, link, () => linesAt(image, link, symbolizer));
      for (const { line, md5 } of found ?? [])
        if (line.file !== undefined && md5 !== undefined) remember(digests, line.file, md5);
      return found?.map(({ line }) => line);
    },
  };
}

interface DigestedLine {
  readonly line: SourceLine;
  /** Of the file as it was compiled, where the line program has it. */
  readonly md5: Uint8Array | undefined;
}

const LINES = new FactKey<readonly DigestedLine[] | undefined>('source lines');

function linesAt(image: ModuleImage, link: bigint, symbolizer: Symbolizer): readonly DigestedLine[] | undefined {
  return image.debugInfo?.locate(link)?.map((frame) => {
    const name = nameOf(frame, symbolizer);
    const line = {
      ...(name === undefined ? {} : { function: printablePath(name) }),
      ...(frame.file === undefined ? {} : { file: printablePath(frame.file) }),
      ...(frame.line === undefined ? {} : { line: frame.line }),
      ...(frame.column === undefined ? {} : { column: frame.column }),
    };
    return { line, md5: frame.md5 };
  });
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
