import type { RowCommand } from '../../src/shared/protocol.js';
import { openAnnotationEditor } from './annotations/annotationEditor.js';
import { mostPressing } from './annotations/annotationFlag.js';
import type { CoreModel } from './model.js';
import type { Pointed, Subject } from './subject.js';

/** The parts of a list with which its rows take keys, menus and notes. */
export interface CommandedRows {
  onMove(index: number): void;
  onKey(event: KeyboardEvent, active: number): boolean;
  menu(index: number): object | undefined;
}

/** Lets the rows of a list be copied, followed and annotated, by key and by menu. */
export function commandedRows(
  model: CoreModel,
  subjectAt: (index: number) => Subject | undefined,
  rowAt: (index: number) => HTMLElement | undefined,
): CommandedRows {
  const point = (index: number): Subject | undefined => {
    const subject = subjectAt(index);
    model.pointed = subject === undefined ? undefined : { subject, row: () => rowAt(index) };
    return subject;
  };
  return {
    onMove: (index) => void point(index),
    onKey: (event, active) => {
      const command = commandOf(event);
      if (command === undefined || point(active) === undefined) return false;
      return perform(model, command);
    },
    menu: (index) => {
      const subject = point(index);
      return subject && menuContext(model, subject);
    },
  };
}

/** @returns whether there was anything to do */
export function perform(model: CoreModel, command: RowCommand): boolean {
  const { messenger, pointed } = model;
  if (command === 'undo' || command === 'redo') {
    messenger.do({ kind: command });
    return true;
  }
  const subject = pointed?.subject;
  if (!subject) return false;
  const copy = (text: string | undefined): boolean => {
    if (text === undefined) return false;
    messenger.do({ kind: 'copy', text });
    model.announcement.set(`Copied ${text}`);
    return true;
  };
  switch (command) {
    case 'copyAddress':
      return copy(subject.address);
    case 'copyValue':
      return copy(subject.value);
    case 'copyRow':
      return copy(subject.row);
    case 'copyGdb':
      return copy(subject.gdb);
    case 'copyLink': {
      const tid = model.thread.get();
      const frame = model.physicalFrame(model.frame.get());
      const { address } = subject;
      messenger.do({
        kind: 'copyLink',
        place: { ...(tid === undefined ? {} : { tid, frame }), ...(address === undefined ? {} : { address }) },
      });
      return true;
    }
    case 'annotate':
      return annotate(model, pointed);
    case 'deleteAnnotation': {
      const existing = mostPressing(model.annotations.get().on(subject.target));
      if (existing === undefined) return false;
      messenger.do({ kind: 'unannotate', id: existing.id });
      return true;
    }
    case 'follow':
      if (subject.follow === undefined) return false;
      model.goTo(subject.follow.address, subject.follow.code);
      return true;
    case 'showMemory':
      return showAt(subject.follow?.address ?? subject.address, (address) => {
        model.memoryAt.set({ address });
      });
    case 'showCode':
      return showAt(subject.follow?.address ?? subject.address, (address) => {
        model.codeAt.set({ address });
      });
    case 'openSource':
      if (subject.source === undefined) return false;
      messenger.do({ kind: 'openSource', ...subject.source });
      return true;
    case 'searchValue':
      if (subject.value === undefined || !subject.value.startsWith('0x')) return false;
      model.searchFor.set({ kind: 'word', value: subject.value });
      return true;
    case 'searchPointers':
      return showAt(subject.address ?? subject.follow?.address, (address) => {
        const end = subject.end ?? `0x${(BigInt(address) + 8n).toString(16)}`;
        model.searchFor.set({ kind: 'pointersInto', start: address, end });
      });
    case 'compareThread':
      if (subject.tid === undefined) return false;
      if (subject.tid === model.thread.get())
        model.announcement.set('This is the thread that is shown: choose another.');
      else model.compareWith({ tid: subject.tid });
      return true;
    case 'find':
      return false;
  }
}

function showAt(address: string | undefined, show: (address: string) => void): boolean {
  if (address !== undefined) show(address);
  return address !== undefined;
}

function annotate(model: CoreModel, pointed: Pointed | undefined): boolean {
  const target = pointed?.subject.target;
  if (!pointed || !target) {
    model.announcement.set('Notes go on slots, registers, frames and ranges of memory.');
    return target !== undefined;
  }
  const existing = model.annotations.get().on(target).at(-1);
  const { about } = pointed.subject;
  const page = document.getElementById('page') ?? document.body;
  openAnnotationEditor(
    page,
    {
      target,
      ...(about === undefined ? {} : { about }),
      ...(existing === undefined ? {} : { existing }),
      beside: pointed.row()?.getBoundingClientRect() ?? new DOMRect(0, 80, 0, 0),
    },
    {
      write: (draft) => {
        model.messenger.do({ kind: 'annotate', draft });
      },
      remove: (id) => {
        model.messenger.do({ kind: 'unannotate', id });
      },
    },
  );
  return true;
}

/** What the editor's menu may ask of the row it is opened on. */
function menuContext(model: CoreModel, subject: Subject): object {
  return {
    webviewSection: subject.section,
    preventDefaultContextMenuItems: true,
    redzoneAddress: subject.address !== undefined,
    redzoneValue: subject.value !== undefined,
    redzoneWord: subject.value?.startsWith('0x') === true,
    redzoneGdb: subject.gdb !== undefined,
    redzoneTarget: subject.target !== undefined,
    redzoneNote: model.annotations.get().on(subject.target).length > 0,
    redzoneFollow: subject.follow !== undefined,
    redzoneMemory: (subject.follow?.address ?? subject.address) !== undefined,
    redzoneCode: subject.follow?.code === true,
    redzoneSource: subject.source !== undefined,
    redzoneThread: subject.tid !== undefined && subject.tid !== model.thread.get(),
  };
}

function commandOf(event: KeyboardEvent): RowCommand | undefined {
  if (event.altKey) return undefined;
  if (event.ctrlKey || event.metaKey) return event.key === 'c' && !event.shiftKey ? 'copyRow' : undefined;
  return event.shiftKey ? undefined : KEYS[event.key];
}

const KEYS: Readonly<Record<string, RowCommand>> = {
  a: 'annotate',
  m: 'showMemory',
  d: 'showCode',
  o: 'openSource',
  p: 'searchPointers',
  c: 'compareThread',
  Delete: 'deleteAnnotation',
};
