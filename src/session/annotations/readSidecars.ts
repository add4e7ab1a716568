import { readFileSync, statSync } from 'node:fs';
import type { AnnotationFile } from '../../shared/annotations.js';
import { LARGEST_SIDECAR, NO_ANNOTATIONS, parseSidecar, SidecarError } from './annotationFile.js';
import { codeOf } from './lockedFile.js';
import { mergeFiles } from './mergeAnnotations.js';

/** What all places together hold; a place that cannot be read is left out and named. Files of annotations are small: read at once. */
export function readSidecars(places: readonly string[]): {
  readonly file: AnnotationFile;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  let file = NO_ANNOTATIONS;
  for (const place of places) {
    try {
      const read = readSidecar(place);
      if (read !== undefined) file = mergeFiles(file, read);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { file, problems };
}

/** @throws SidecarError */
function readSidecar(path: string): AnnotationFile | undefined {
  try {
    const { size } = statSync(path);
    if (size > LARGEST_SIDECAR)
      throw new SidecarError(`${path} is too large for a file of annotations (${size} bytes)`);
    return parseSidecar(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof SidecarError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SidecarError(`${path} cannot be read (${code ?? String(error)})`);
  }
}
