/** What the editor and the debug adapter say to each other beside the protocol. */
import type { Annotation, AnnotationTarget } from './annotations.js';

/** Answer to the request `redzone.framePosition`: where a frame of the call stack view stands in the core. */
export interface FramePosition {
  readonly tid: number;
  /** Index in the thread's frames, inline entries counted. */
  readonly frame: number;
  /** The reading that the frames are of, where it is not the chosen one. */
  readonly hypothesis?: string;
}

/** Answer to the request `redzone.frameSource`, which takes a `ChosenFrame`: what the debugger would show for the frame. */
export interface FrameSource {
  readonly path?: string;
  readonly sourceReference?: number;
  readonly name?: string;
  /** Counts from 1. */
  readonly line: number;
}

/** Body of the event `redzone.ambiguousSource`: several files of the workspace go equally well for a source. */
export interface AmbiguousSource {
  readonly file: string;
  readonly candidates: readonly string[];
}

/** Answer to the request `redzone.noteSubject`. */
export interface NoteSubjectAnswer {
  readonly target: AnnotationTarget;
  /** What stands there. */
  readonly about: string;
  /** What is written on it already, oldest first. */
  readonly notes: readonly Annotation[];
}
