import type { ModuleRow } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import type { Pane } from '../../pane.js';
import { baseName } from '../hex.js';
import type { CoreModel } from '../model.js';
import { moduleSubject } from '../subject.js';
import { showPagedRows } from './pagedRows.js';

/** Which files were loaded, whether the same files were found here, and what symbols they gave. Asks when it is first opened. */
export class ModuleList extends HTMLElement {
  show(model: CoreModel, pane: Pane): void {
    showPagedRows<ModuleRow>(this, model, pane, {
      query: 'modules',
      label: 'Modules',
      ask: (from, count) => model.messenger.ask('modules', { from, count }),
      subject: moduleSubject,
      create: () =>
        element(
          'div',
          { class: 'module-row' },
          element('span', { class: 'module-name' }),
          element('span', { class: 'module-status' }),
          element('span', { class: 'module-symbols' }),
        ),
      fill: (drawn, module) => {
        const [label, status, symbols] = drawn.children;
        if (!label || !status || !symbols) return;
        setText(label, module ? baseName(module.path) : '…');
        setText(status, module ? STATUS[module.binaryStatus] : '');
        status.className = `module-status ${module?.binaryStatus ?? ''}`;
        setText(symbols, module ? SYMBOLS[module.symbols] : '');
        setTitle(drawn, module ? moduleTitle(module) : '');
      },
      open: ({ start }) => {
        model.memoryAt.set({ address: start });
      },
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
