import { frameSubject, mappingSubject, moduleSubject, threadSubject } from '../subject.js';
import { type CoreModel, physicalIndex } from '../model.js';
import type { StackView } from '../stack/stackView.js';
import type { Findable } from './findQuery.js';
import { rowsOfPages, rowsOf } from './findSearch.js';

/** Everything on the page that can be searched, in the order in which the matches are visited. */
export function findParts(model: CoreModel, stack: StackView): readonly Findable[] {
  const { ask } = model.messenger;
  return [
    stack,
    {
      name: 'call stack',
      texts: () => {
        const frames = model.frames.get()?.items ?? [];
        const tid = model.thread.get() ?? 0;
        return rowsOf(
          frames.map((frame, i) => `${frameSubject(tid, physicalIndex(frames, i), frame).row} ${frame.file ?? ''}`),
        );
      },
      go: (row) => {
        model.selectFrame(row);
      },
    },
    {
      name: 'threads',
      texts: (signal) =>
        rowsOfPages(
          (from, count) => ask('threads', { from, count }),
          (thread) => threadSubject(thread).row,
          signal,
        ),
      go: (row) => {
        ask('threads', { from: row, count: 1 }).then(
          ({ items }) => {
            if (items[0]) model.selectThread(items[0].tid);
          },
          () => undefined,
        );
      },
    },
    {
      name: 'modules',
      texts: (signal) =>
        rowsOfPages(
          (from, count) => ask('modules', { from, count }),
          (found) => moduleSubject(found).row,
          signal,
        ),
      go: (row) => {
        model.pickedRow.set({ list: 'modules', row });
      },
    },
    {
      name: 'mappings',
      texts: (signal) =>
        rowsOfPages(
          (from, count) => ask('mappings', { from, count }),
          (found) => mappingSubject(found).row,
          signal,
        ),
      go: (row) => {
        model.pickedRow.set({ list: 'mappings', row });
      },
    },
    {
      name: 'notes',
      texts: () =>
        rowsOf(model.annotations.get().all.map(({ text, about, author }) => `${text} ${about ?? ''} ${author}`)),
      go: (row) => {
        const annotation = model.annotations.get().all[row];
        if (annotation) model.goToTarget(annotation.target);
      },
    },
  ];
}
