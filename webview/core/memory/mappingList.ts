import type { MappingRow } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import type { Pane } from '../../pane.js';
import { addressDigits, baseName, parseHex, readableSize } from '../hex.js';
import type { CoreModel } from '../model.js';
import { mappingSubject } from '../subject.js';
import { showPagedRows } from './pagedRows.js';

/** What was mapped where, and how much of it is in the core. Asks when it is first opened. */
export class MappingList extends HTMLElement {
  show(model: CoreModel, pane: Pane): void {
    showPagedRows<MappingRow>(this, model, pane, {
      query: 'mappings',
      label: 'Mappings',
      ask: (from, count) => model.messenger.ask('mappings', { from, count }),
      subject: mappingSubject,
      create: () =>
        element(
          'div',
          { class: 'mapping-row' },
          element('span', { class: 'mono' }),
          element('span', { class: 'mono permissions' }),
          element('span', { class: 'mapping-name' }),
          element('span', { class: 'mapping-size' }),
        ),
      fill: (drawn, mapping) => {
        const [start, permissions, name, size] = drawn.children;
        if (!start || !permissions || !name || !size) return;
        setText(start, mapping ? addressDigits(parseHex(mapping.start) ?? 0n) : '…');
        setText(permissions, mapping?.permissions ?? '');
        setText(name, mapping ? (mapping.role ?? baseName(mapping.path ?? '')) : '');
        setText(size, mapping ? sizeWords(mapping) : '');
        setTitle(drawn, mapping ? mappingTitle(mapping) : '');
      },
      open: ({ start }) => {
        model.goTo(start);
      },
    });
  }
}

function mappingTitle(mapping: MappingRow): string {
  const name = mapping.path ?? mapping.role ?? 'anonymous';
  return `${mapping.start} to ${mapping.end}\n${name}\n${sizeTitle(mapping)}`;
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
