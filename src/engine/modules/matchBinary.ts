import type { BinaryProvider } from './binaryProvider.js';
import { findDebugFile } from './debugFile.js';
import { type LoadModule, type ModuleRange, pageDown } from './loadModule.js';
import type { Place } from './mappedPlaces.js';
import type { ModuleImage } from './moduleImage.js';

/** The program itself, as far as the auxiliary vector tells. */
export interface ExecutableHint {
  /** AT_ENTRY: runtime address at which the program starts. */
  readonly entry: bigint | undefined;
}

/**
 * Looks for the file that is mapped at a place, and for its debug file. A file with another build id is refused.
 *
 * @param executable given when the place is the program itself
 */
export function matchBinary(
  place: Place,
  provider: BinaryProvider,
  executable: ExecutableHint | undefined,
): LoadModule {
  const { path, start, end, ranges, header } = place;
  const buildId = header?.buildId;
  const refused: string[] = [];
  const { image, status } = findBinary(place, provider, executable !== undefined, refused);
  const bias = header?.bias ?? biasFromFile(image, ranges) ?? biasFromEntry(image, executable);
  // Without the binary, the build id in the core still names its debug file.
  const known = image?.buildId ?? buildId;
  const debugImage =
    image === undefined && known === undefined
      ? undefined
      : findDebugFile(
          provider,
          { ...(image === undefined ? {} : { image }), ...(known === undefined ? {} : { buildId: known }) },
          refused,
        );
  return { path, start, end, ranges, bias, buildId, image, debugImage, status, refused };
}

function findBinary(
  { path, header }: Place,
  provider: BinaryProvider,
  isExecutable: boolean,
  refused: string[],
): Pick<LoadModule, 'image' | 'status'> {
  const buildId = header?.buildId;
  const request = {
    path: path.replace(/ \(deleted\)$/, ''),
    isExecutable,
    ...(buildId === undefined ? {} : { buildId }),
  };
  for (const image of provider.binaries(request)) {
    const status = compare(buildId, image.buildId);
    if (status !== 'mismatch') return { image, status };
    refused.push(`${image.path} is another build: the core has ${buildId ?? '?'}, the file ${image.buildId ?? 'none'}`);
  }
  return { image: undefined, status: refused.length > 0 ? 'mismatch' : 'missing' };
}

function compare(inCore: string | undefined, inFile: string | undefined): 'matched' | 'unverified' | 'mismatch' {
  if (inCore === undefined) return 'unverified';
  return inCore === inFile ? 'matched' : 'mismatch';
}

/** Where the first page was not dumped, a mapped range and the file's own program headers tell the bias. */
function biasFromFile(image: ModuleImage | undefined, ranges: readonly ModuleRange[]): bigint | undefined {
  const loads = image?.elf.segments.filter((segment) => segment.type === 'load') ?? [];
  for (const range of ranges) {
    const load = loads.find(
      (segment) => pageDown(segment.offset) === range.fileOffset && segment.executable === range.executable,
    );
    if (load !== undefined) return BigInt.asUintN(64, range.start - pageDown(load.vaddr));
  }
  return undefined;
}

/** The kernel tells where the program starts, the file where it would: the difference is the bias. */
function biasFromEntry(image: ModuleImage | undefined, executable: ExecutableHint | undefined): bigint | undefined {
  const entry = image?.entryAddress;
  if (executable?.entry === undefined || entry === undefined || entry === 0n) return undefined;
  const bias = BigInt.asUintN(64, executable.entry - entry);
  return bias % 4096n === 0n ? bias : undefined;
}
