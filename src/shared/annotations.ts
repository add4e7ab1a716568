/**
 * What people write on a core: the shapes that page, editor, report and sidecar file have in common. The file itself is documented in
 * `docs/annotations.md`. Times are ISO 8601 in UTC, addresses `0x` strings.
 */
export interface Annotation {
  /** Unique over all cores; given once, never reused. */
  readonly id: string;
  readonly target: AnnotationTarget;
  readonly mark: AnnotationMark;
  /** May be empty: a mark alone says something too. At most `LONGEST_TEXT` characters. */
  readonly text: string;
  readonly author: string;
  readonly created: string;
  readonly changed: string;
  /** Counts the changes, from 1: of two versions of one annotation the higher one is the later. */
  readonly revision: number;
  /** What stood there when it was annotated, for readers who do not have the core open. */
  readonly about?: string;
}

export type AnnotationMark = 'suspicious' | 'explained' | 'noted';

/** In the order in which a reader is offered them. */
export const ANNOTATION_MARKS: readonly AnnotationMark[] = ['suspicious', 'explained', 'noted'];

/** Frames are counted from the innermost, inline functions not counted. */
export type AnnotationTarget =
  | { readonly slot: string; readonly tid?: number }
  | { readonly register: string; readonly tid: number; readonly frame: number }
  | { readonly frame: number; readonly tid: number; readonly pc: string; readonly function?: string }
  /** `length` bytes from `range`. */
  | { readonly range: string; readonly length: number };

/** What a reader wants written: a new annotation, or, with `id`, another wording of one. */
export interface AnnotationDraft {
  readonly id?: string;
  readonly target: AnnotationTarget;
  readonly mark: AnnotationMark;
  readonly text: string;
  readonly about?: string;
}

/** One sidecar file. It may hold annotations of more than one core: a file that is replaced does not inherit those of the one before. */
export interface AnnotationFile {
  readonly schema: 1;
  readonly cores: readonly AnnotatedCore[];
}

export interface AnnotatedCore {
  /** Equal for equal cores, whatever they are called and however they are compressed. */
  readonly identity: string;
  /** Which core that is, in words. */
  readonly about: string;
  readonly annotations: readonly Annotation[];
  /** Kept so that an annotation that one window has deleted does not come back from another. */
  readonly deleted: readonly DeletedAnnotation[];
}

export interface DeletedAnnotation {
  readonly id: string;
  /** One more than the annotation had. */
  readonly revision: number;
  readonly author: string;
  readonly changed: string;
}

/** Characters of one annotation. */
export const LONGEST_TEXT = 10_000;

/** One spelling per target: two annotations with the same key are on the same thing. */
export function targetKey(target: AnnotationTarget): string {
  if ('slot' in target) return `slot ${plainAddress(target.slot)}`;
  if ('register' in target) return `register ${target.tid} ${target.frame} ${target.register}`;
  if ('frame' in target) return `frame ${target.tid} ${target.frame} ${target.function ?? ''}`;
  return `range ${plainAddress(target.range)} ${target.length}`;
}

/** A target in a few words, for lists. */
export function targetWords(target: AnnotationTarget): string {
  if ('slot' in target) return `slot ${target.slot}`;
  if ('register' in target) return `%${target.register} of frame ${target.frame}, thread ${target.tid}`;
  if ('frame' in target) return `frame ${target.frame} of thread ${target.tid}`;
  return `${target.length} bytes at ${target.range}`;
}

function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^0x0*(?=.)/, '');
}
