import { crc32 } from '../base/crc32.js';
import type { BinaryProvider, DebugFileRequest } from './binaryProvider.js';
import type { ModuleImage } from './moduleImage.js';

/**
 * The debug file of a binary that has no debug information itself. The build ids decide where both files have one; without, the
 * CRC of `.gnu_debuglink`.
 *
 * @param refused gets one sentence for each file that is there but is not the right one
 */
export function findDebugFile(
  provider: BinaryProvider,
  request: DebugFileRequest,
  refused: string[],
): ModuleImage | undefined {
  const { image } = request;
  if (image?.hasDebugInfo === true) return undefined;
  for (const candidate of provider.debugFiles(request)) {
    // A link may name the file that it stands in.
    if (candidate.path === image?.path || !hasSomething(candidate)) continue;
    const reason = reasonAgainst(candidate, request);
    if (reason === undefined) return candidate;
    if (refused.length < MOST_SENTENCES) refused.push(reason);
  }
  return undefined;
}

const MOST_SENTENCES = 16;

/** Debug files without DWARF still have the full symbol table. */
function hasSomething(candidate: ModuleImage): boolean {
  return candidate.hasDebugInfo || candidate.symbolStatus === 'symtab';
}

function reasonAgainst(candidate: ModuleImage, { image, buildId }: DebugFileRequest): string | undefined {
  const file = image?.path ?? 'the binary';
  if (buildId !== undefined && candidate.buildId !== undefined) {
    return candidate.buildId === buildId
      ? undefined
      : `${candidate.path} is the debug file of another build: ${file} has build id ${buildId}, the debug file ${candidate.buildId}`;
  }
  const link = image?.debugLink;
  if (link === undefined) return `${candidate.path} has no build id, so it is not known whether it belongs to ${file}`;
  const crc = crcOf(candidate);
  return crc === link.crc
    ? undefined
    : `${candidate.path} is not the debug file that ${file} names: its CRC is ${hex(crc)}, ${hex(link.crc)} is wanted`;
}

function hex(crc: number | undefined): string {
  return crc === undefined ? 'unknown' : `0x${crc.toString(16).padStart(8, '0')}`;
}

const crcs = new WeakMap<ModuleImage, number>();

function crcOf(image: ModuleImage): number | undefined {
  const known = crcs.get(image);
  if (known !== undefined) return known;
  const { source } = image.elf;
  let crc = 0;
  for (let offset = 0n; offset < source.size;) {
    const { bytes } = source.read(offset, STEP);
    if (bytes.length === 0) return undefined;
    crc = crc32(bytes, crc);
    offset += BigInt(bytes.length);
  }
  crcs.set(image, crc);
  return crc;
}

/** Bytes read at a time. */
const STEP = 1 << 20;
