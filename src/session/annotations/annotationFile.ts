import {
  type AnnotatedCore,
  type Annotation,
  ANNOTATION_MARKS,
  type AnnotationFile,
  type AnnotationTarget,
  type DeletedAnnotation,
  LONGEST_TEXT,
} from '../../shared/annotations.js';

/** A sidecar larger than this is none. */
export const LARGEST_SIDECAR = 16 * 2 ** 20;

/**
 * Reads the text of a sidecar.
 *
 * @throws SidecarError when it is none, or of a later version: it must then not be written over
 */
export function parseSidecar(text: string, path: string): AnnotationFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SidecarError(`${path} is not a file of annotations: it is not JSON. Move it away to begin a new one`);
  }
  const schema = isRecord(value) ? value['schema'] : undefined;
  if (typeof schema === 'number' && schema > 1)
    throw new SidecarError(`${path} was written by a later version of Redzone: update to read it`);
  if (!isRecord(value) || schema !== 1 || !Array.isArray(value['cores']))
    throw new SidecarError(`${path} is not a file of annotations: move it away to begin a new one`);
  const cores = value['cores'].map((core: unknown, index) => {
    const read = readCore(core);
    if (read === undefined)
      throw new SidecarError(
        `${path}: what stands in cores[${index}] is not understood: mend it, or move the file away`,
      );
    return read;
  });
  return { schema: 1, cores };
}

/** The text of a sidecar: one line per annotation would be smaller, but people read and merge these files. */
export function sidecarText(file: AnnotationFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Nothing annotated yet. */
export const NO_ANNOTATIONS: AnnotationFile = { schema: 1, cores: [] };

/** Why a sidecar can be neither read nor written: one sentence naming file and cause. */
export class SidecarError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SidecarError';
  }
}

function readCore(value: unknown): AnnotatedCore | undefined {
  if (!isRecord(value)) return undefined;
  const { identity, about, annotations, deleted } = value;
  if (typeof identity !== 'string' || !Array.isArray(annotations)) return undefined;
  const read = annotations.map(readAnnotation);
  const gone = (Array.isArray(deleted) ? deleted : []).map(readDeleted);
  if (read.some((item) => item === undefined) || gone.some((item) => item === undefined)) return undefined;
  return {
    identity,
    about: typeof about === 'string' ? about : '',
    annotations: read.filter((item) => item !== undefined),
    deleted: gone.filter((item) => item !== undefined),
  };
}

function readAnnotation(value: unknown): Annotation | undefined {
  const version = readVersion(value);
  if (version === undefined || !isRecord(value)) return undefined;
  const { text, created, about } = value;
  const mark = ANNOTATION_MARKS.find((known) => known === value['mark']);
  const target = readTarget(value['target']);
  if (mark === undefined || target === undefined || typeof text !== 'string') return undefined;
  return {
    id: version.id,
    target,
    mark,
    text: text.slice(0, LONGEST_TEXT),
    author: version.author,
    created: typeof created === 'string' ? created : version.changed,
    changed: version.changed,
    revision: version.revision,
    ...(typeof about === 'string' ? { about } : {}),
  };
}

function readDeleted(value: unknown): DeletedAnnotation | undefined {
  return readVersion(value);
}

function readVersion(value: unknown): DeletedAnnotation | undefined {
  if (!isRecord(value)) return undefined;
  const { id, revision, author, changed } = value;
  return typeof id === 'string' &&
    id !== '' &&
    isCount(revision) &&
    revision > 0 &&
    typeof author === 'string' &&
    isTime(changed)
    ? { id, revision, author, changed }
    : undefined;
}

/** What may be annotated, checked: from a file, or from a page. */
export function readTarget(value: unknown): AnnotationTarget | undefined {
  if (!isRecord(value)) return undefined;
  const { slot, register, frame, range, tid, pc, length } = value;
  const name = value['function'];
  if (isAddress(slot)) return isCount(tid) ? { slot: plain(slot), tid } : { slot: plain(slot) };
  if (typeof register === 'string') {
    return isCount(tid) && isCount(frame) ? { register: register.slice(0, 64), tid, frame } : undefined;
  }
  if (isCount(frame)) {
    if (!isCount(tid) || !isAddress(pc)) return undefined;
    return { frame, tid, pc: plain(pc), ...(typeof name === 'string' ? { function: name } : {}) };
  }
  return isAddress(range) && isCount(length) && length > 0 ? { range: plain(range), length } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value);
}

/** As the JSON contract spells addresses. */
function plain(address: string): string {
  return `0x${BigInt(address).toString(16)}`;
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
