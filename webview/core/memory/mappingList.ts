import type { MappingRow } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { addressDigits, baseName, parseHex, readableSize } from '../hex.js';
import type { CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import { mappingSubject } from '../subject.js';
import { PageCache } from '../pageCache.js';
import type { Pane } from '../../pane.js';

/** What was mapped where, and how much of it is in the core. Asks when it is first opened. */
export class MappingList extends HTMLElement {
  show(model: CoreModel, pane: Pane): void {
    let wanted: number | undefined;
    // A row that is wanted before the list is there is shown when it is.
    const show = () => {
      if (wanted === undefined || wanted >= list.count) return;
      list.reveal(wanted, 'middle');
      list.setActive(wanted);
      wanted = undefined;
    };
    const pages: PageCache<MappingRow> = new PageCache<MappingRow>(
      (from, count) => model.messenger.ask('mappings', { from, count }),
      (page) => {
        pane.setCount(page.total);
        list.setCount(page.total);
        show();
      },
    );
    const list: VirtualList = new VirtualList(this, {
      ...commandedRows(
        model,
        (index) => {
          const found = pages.at(index);
          return found && mappingSubject(found);
        },
        (index) => list.rowAt(index),
      ),
      role: 'listbox',
      label: 'Mappings',
      create: () =>
        element(
          'div',
          { class: 'mapping-row' },
          element('span', { class: 'mono' }),
          element('span', { class: 'mono permissions' }),
          element('span', { class: 'mapping-name' }),
          element('span', { class: 'mapping-size' }),
        ),
      fill: (row, index) => {
        const mapping = pages.at(index);
        const [start, permissions, name, size] = row.children;
        if (!start || !permissions || !name || !size) return;
        setText(start, mapping ? addressDigits(parseHex(mapping.start) ?? 0n) : '…');
        setText(permissions, mapping?.permissions ?? '');
        setText(name, mapping ? (mapping.role ?? baseName(mapping.path ?? '')) : '');
        setText(size, mapping ? sizeWords(mapping) : '');
        setTitle(
          row,
          mapping
            ? `${mapping.start} to ${mapping.end}\n${mapping.path ?? mapping.role ?? 'anonymous'}\n${sizeTitle(mapping)}`
            : '',
        );
      },
      onActivate: (index) => {
        const mapping = pages.at(index);
        if (mapping) model.goTo(mapping.start);
      },
      onRange: (first, last) => {
        pages.want(first, last);
      },
    });
    pages.want(0, 0);
    model.pickedRow.subscribe((picked) => {
      if (picked?.list !== 'mappings') return;
      wanted = picked.row;
      pages.want(picked.row, picked.row);
      show();
    });
  }
}

function sizeWords(mapping: MappingRow): string {
  const size = Number((parseHex(mapping.end) ?? 0n) - (parseHex(mapping.start) ?? 0n));
  const dumped = Number(mapping.dumped);
  if (dumped === 0) return 'not in core';
  return dumped < size ? `${readableSize(dumped)} of ${readableSize(size)}` : readableSize(size);
}

function sizeTitle(mapping: MappingRow): string {
  const size = Number((parseHex(mapping.end) ?? 0n) - (parseHex(mapping.start) ?? 0n));
  return `${Number(mapping.dumped)} of ${size} bytes are in the core`;
}
