import type { ModuleRow } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { baseName } from '../hex.js';
import type { CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import { moduleSubject } from '../subject.js';
import { PageCache } from '../pageCache.js';
import type { Pane } from '../../pane.js';

/** Which files were loaded, whether the same files were found here, and what symbols they gave. Asks when it is first opened. */
export class ModuleList extends HTMLElement {
  show(model: CoreModel, pane: Pane): void {
    let wanted: number | undefined;
    // A row that is wanted before the list is there is shown when it is.
    const show = () => {
      if (wanted === undefined || wanted >= list.count) return;
      list.reveal(wanted, 'middle');
      list.setActive(wanted);
      wanted = undefined;
    };
    const pages: PageCache<ModuleRow> = new PageCache<ModuleRow>(
      (from, count) => model.messenger.ask('modules', { from, count }),
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
          return found && moduleSubject(found);
        },
        (index) => list.rowAt(index),
      ),
      role: 'listbox',
      label: 'Modules',
      create: () =>
        element(
          'div',
          { class: 'module-row' },
          element('span', { class: 'module-name' }),
          element('span', { class: 'module-status' }),
          element('span', { class: 'module-symbols' }),
        ),
      fill: (row, index) => {
        const module = pages.at(index);
        const [label, status, symbols] = row.children;
        if (!label || !status || !symbols) return;
        setText(label, module ? baseName(module.path) : '…');
        setText(status, module ? STATUS[module.binaryStatus] : '');
        status.className = `module-status ${module?.binaryStatus ?? ''}`;
        setText(symbols, module ? SYMBOLS[module.symbols] : '');
        setTitle(row, module ? moduleTitle(module) : '');
      },
      onActivate: (index) => {
        const module = pages.at(index);
        if (module) model.memoryAt.set({ address: module.start });
      },
      onRange: (first, last) => {
        pages.want(first, last);
      },
    });
    pages.want(0, 0);
    model.pickedRow.subscribe((picked) => {
      if (picked?.list !== 'modules') return;
      wanted = picked.row;
      pages.want(picked.row, picked.row);
      show();
    });
  }
}

const STATUS: Readonly<Record<ModuleRow['binaryStatus'], string>> = {
  matched: '',
  unverified: 'unverified',
  mismatch: 'other build',
  missing: 'no file',
};

const SYMBOLS: Readonly<Record<ModuleRow['symbols'], string>> = {
  debug: 'debug',
  symtab: 'symtab',
  dynsym: 'dynsym',
  none: 'no symbols',
};

function moduleTitle(module: ModuleRow): string {
  const lines = [module.path, `${module.start} to ${module.end}`, `build id ${module.buildId ?? 'none'}`];
  if (module.binary !== undefined) lines.push(`binary ${module.binary} (${module.binaryStatus})`);
  else lines.push(`binary ${module.binaryStatus}`);
  if (module.debugFile !== undefined) lines.push(`debug file ${module.debugFile}`);
  return lines.join('\n');
}
