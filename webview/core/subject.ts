import type { AnnotationTarget } from '../../src/shared/annotations.js';
import type { RegisterValue, ThreadRow } from '../../src/shared/queries.js';
import type { FrameRow, MappingRow, ModuleRow, Slot, SlotKind } from '../../src/shared/report.js';
import { frameTarget } from '../../src/shared/annotationIndex.js';
import { frameName, framePlace } from './frames/frameWords.js';
import { signedOffset } from './hex.js';

/** What a row of the page speaks of, as far as menus, copying, following and notes need to know. */
export interface Subject {
  /** Names the row in the conditions of the editor's menus. */
  readonly section:
    'slot' | 'register' | 'frame' | 'thread' | 'module' | 'mapping' | 'memory' | 'code' | 'hit' | 'comparison';
  /** The row as one line of text. */
  readonly row: string;
  readonly address?: string;
  readonly value?: string;
  /** Where what is at `address` ends, for mappings and modules. */
  readonly end?: string;
  /** How gdb would be asked for it. */
  readonly gdb?: string;
  readonly target?: AnnotationTarget;
  /** What stands there, for whoever reads a note without the core. */
  readonly about?: string;
  /** Where its value points to, and whether that is code. */
  readonly follow?: { readonly address: string; readonly code: boolean };
  readonly source?: { readonly file: string; readonly line: number };
  /** A thread that another can be compared with. */
  readonly tid?: number;
}

/** A row that the focus, the pointer or a menu is on. */
export interface Pointed {
  readonly subject: Subject;
  /** The row's element, while it is drawn. */
  row(): HTMLElement | undefined;
}

/** A word of a stack. */
export function slotSubject(tid: number, slot: Slot): Subject {
  const row = [signedOffset(slot.index * 8), slot.address, slot.value ?? '(not in the core)', slot.text].join('  ');
  return {
    section: 'slot',
    row,
    address: slot.address,
    gdb: `*(unsigned long *)${slot.address}`,
    target: { slot: slot.address, tid },
    about: row,
    ...wordSubject(slot.value, slot.kind),
  };
}

/** A register at a frame; `frame` is counted without inline functions. */
export function registerSubject(tid: number, frame: number, register: RegisterValue): Subject {
  const row = `%${register.name}  ${register.value ?? 'not known'}  ${register.text}`.trimEnd();
  return {
    section: 'register',
    row,
    gdb: `$${register.name}`,
    target: { register: register.name, tid, frame },
    about: row,
    ...wordSubject(register.value, register.kind),
  };
}

/** A frame; `physical` is its number without inline functions. */
export function frameSubject(tid: number, physical: number, frame: FrameRow): Subject {
  const row = [`#${physical}`, frame.pc, frameName(frame), framePlace(frame)].join('  ').trimEnd();
  return {
    section: 'frame',
    row,
    address: frame.pc,
    value: frame.pc,
    gdb: `frame ${physical}`,
    target: frameTarget(tid, physical, frame),
    about: row,
    follow: { address: frame.pc, code: true },
    ...(frame.file === undefined || frame.line === undefined ? {} : { source: { file: frame.file, line: frame.line } }),
  };
}

export function threadSubject(thread: ThreadRow): Subject {
  return {
    section: 'thread',
    row: [String(thread.tid), thread.name ?? '', thread.top].filter((part) => part !== '').join('  '),
    value: String(thread.tid),
    tid: thread.tid,
  };
}

export function mappingSubject(mapping: MappingRow): Subject {
  const { start, end, permissions, path, role } = mapping;
  const length = Number(BigInt(end) - BigInt(start));
  const row = `${start}-${end} ${permissions} ${path ?? role ?? ''}`.trimEnd();
  return {
    section: 'mapping',
    row,
    address: start,
    end,
    gdb: `x/64gx ${start}`,
    follow: { address: start, code: false },
    about: row,
    ...(Number.isSafeInteger(length) && length > 0 ? { target: { range: start, length } } : {}),
  };
}

export function moduleSubject(module: ModuleRow): Subject {
  return {
    section: 'module',
    row: `${module.start}-${module.end} ${module.path} ${module.buildId ?? ''}`.trimEnd(),
    address: module.start,
    end: module.end,
    value: module.buildId ?? module.path,
    gdb: `info symbol ${module.start}`,
    follow: { address: module.start, code: false },
  };
}

const CODE: readonly SlotKind[] = ['returnAddress', 'code'];
const POINTERS: readonly SlotKind[] = [...CODE, 'savedFramePointer', 'stack', 'heap', 'data', 'mapped'];

/** The part of a subject that follows from a word. */
export function wordSubject(value: string | undefined, kind: SlotKind): Pick<Subject, 'value' | 'follow'> {
  if (value === undefined) return {};
  return POINTERS.includes(kind) ? { value, follow: { address: value, code: CODE.includes(kind) } } : { value };
}
