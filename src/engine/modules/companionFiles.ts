import type { DebugSections } from '../dwarf/debugSections.js';
import { type AlternateLink, decodeAlternateLink, decodeSupplementary } from './debugLinks.js';
import type { Companions, ImageFile } from './imageTools.js';

/**
 * The debug sections of a file, with the files that they refer to: what dwz moved out, and split units. Those are looked for when
 * they are needed first.
 *
 * @param refused gets one sentence for each file that is there but is not the right one
 */
export function debugSectionsOf(
  image: ImageFile,
  companions: Companions | undefined,
  refused: string[],
): DebugSections {
  let alternate: DebugSections | undefined | null = null;
  return {
    section: (name) => image.sectionSource(name),
    littleEndian: image.elf.littleEndian,
    addressSize: image.elf.is64 ? 8 : 4,
    get alt() {
      if (alternate === null) alternate = findAlternate(image, companions, refused);
      return alternate;
    },
    *openSplit(name) {
      for (const file of companions?.splits(image, name) ?? []) {
        if (file.elf.machine === image.elf.machine) yield file.debugSections;
        // Whoever asks for the next file did not find the unit in this one. Packages lack units for good reasons.
        if (!/\.dwp$/.test(file.path))
          report(refused, `${file.path} is not the split debug file that ${image.path} was built with`);
      }
    },
  };
}

function findAlternate(
  image: ImageFile,
  companions: Companions | undefined,
  refused: string[],
): DebugSections | undefined {
  const link = alternateLink(image);
  if (link === undefined || companions === undefined) return undefined;
  for (const file of companions.alternates(image, link)) {
    if (file.buildId === link.id || supplementaryId(file) === link.id) return file.debugSections;
    report(
      refused,
      `${file.path} is not the shared debug file of ${image.path}: ${link.id} is wanted, the file has ${file.buildId ?? 'no build id'}`,
    );
  }
  return undefined;
}

function report(refused: string[], sentence: string): void {
  if (refused.length < MOST_SENTENCES && !refused.includes(sentence)) refused.push(sentence);
}

const MOST_SENTENCES = 16;

function alternateLink(image: ImageFile): AlternateLink | undefined {
  const section = image.section('.gnu_debugaltlink');
  if (section !== undefined) return decodeAlternateLink(section.bytes);
  const standard = image.section('.debug_sup');
  const link = standard === undefined ? undefined : decodeSupplementary(standard.bytes, image.elf.littleEndian);
  return link?.isSupplementary === false ? link : undefined;
}

function supplementaryId(image: ImageFile): string | undefined {
  const section = image.section('.debug_sup');
  return section === undefined ? undefined : decodeSupplementary(section.bytes, image.elf.littleEndian)?.id;
}
