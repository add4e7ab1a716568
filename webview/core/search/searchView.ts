import type { RepeatedValue, SearchAnswer, SearchGroup, SearchHit, SearchTarget } from '../../../src/shared/queries.js';
import { button, dropdown, textField } from '../../controls.js';
import { element, setAttributes, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { addressDigits, baseName, parseHex, readableSize, wordDigits } from '../hex.js';
import { type CoreModel, sentence } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import { RowMap } from '../stack/rowMap.js';
import type { Subject } from '../subject.js';
import { SEARCH_HINTS, SEARCH_KINDS, type SearchKind, searchTarget } from './searchRequest.js';

/** Hits asked for at once. */
const PAGE_HITS = 256;

/** Search through the memory of the core: what is found stands by mapping; long searches show how far they are and can be ended. */
export class SearchView extends HTMLElement {
  #kind: SearchKind = 'text';
  #answer: SearchAnswer | undefined;
  #target: SearchTarget | undefined;
  #rows = new RowMap<GroupBand>(0, -1, []);
  readonly #hits = new Map<number, readonly SearchHit[] | 'awaited'>();
  #running: AbortController | undefined;

  show(model: CoreModel, options: { onShow(): void }): void {
    const kinds = dropdown({ 'aria-label': 'Search for', class: 'search-kind' }, SEARCH_KINDS, this.#kind, (value) => {
      this.#kind = SEARCH_KINDS.find((known) => known.value === value)?.value ?? 'text';
      setAttributes(field.element, { placeholder: SEARCH_HINTS[this.#kind] });
    });
    const field = textField(
      { 'aria-label': 'What to search for', placeholder: SEARCH_HINTS.text, class: 'search-field' },
      () => undefined,
    );
    const start = button({}, 'Search', () => {
      if (this.#running) this.#running.abort();
      else begin();
    });
    const bar = element('div', { class: 'progress-bar' });
    const progress = element(
      'div',
      {
        class: 'progress',
        role: 'progressbar',
        'aria-label': 'Searching',
        'aria-valuemin': '0',
        'aria-valuemax': '100',
      },
      bar,
    );
    progress.hidden = true;
    const status = element('p', { class: 'quiet dock-hint', role: 'status', 'aria-live': 'polite' });
    const host = element('div', { class: 'hit-list' });
    this.append(element('div', { class: 'dock-bar' }, kinds, field.element, start), progress, status, host);

    const list: VirtualList = new VirtualList(host, {
      role: 'listbox',
      label: 'Search results',
      ...commandedRows(
        model,
        (index) => this.#subject(index),
        (index) => list.rowAt(index),
      ),
      create: () =>
        element(
          'div',
          { class: 'hit-row mono' },
          element('span', { class: 'address' }),
          element('span', { class: 'hit-value' }),
          element('span', { class: 'hit-text' }),
        ),
      fill: (row, index) => {
        this.#fill(row, index);
      },
      onActivate: (index, event) => {
        const values = this.#answer?.values;
        if (values) {
          const value = values[index]?.value;
          if (value !== undefined && !(event instanceof MouseEvent && event.detail < 2)) run({ kind: 'word', value });
          return;
        }
        const what = this.#rows.at(index);
        const hit = 'slot' in what ? this.#hit(what.slot) : undefined;
        if (hit === undefined) return;
        if (hit.thread !== undefined) model.goToPlace({ tid: hit.thread, address: hit.address });
        else model.goTo(hit.address);
      },
      onRange: (first, last) => {
        this.#want(model, first, last, () => {
          list.refresh();
        });
      },
    });

    const begin = () => {
      const target = searchTarget(this.#kind, field.value);
      if (typeof target === 'string') setText(status, target);
      else run(target);
    };
    const run = (target: SearchTarget) => {
      this.#running?.abort();
      const running = new AbortController();
      this.#running = running;
      this.#answer = undefined;
      this.#target = target;
      this.#hits.clear();
      this.#rows = new RowMap<GroupBand>(0, -1, []);
      list.setCount(0);
      progress.hidden = false;
      bar.style.width = '0';
      setText(start, 'Cancel');
      setText(status, 'Searching…');
      const done = (words: string) => {
        if (this.#running !== running) return;
        this.#running = undefined;
        progress.hidden = true;
        setText(start, 'Search');
        setText(status, words);
      };
      model.messenger
        .ask('search', { what: target, from: 0, count: PAGE_HITS }, running.signal, (share) => {
          const percent = Math.floor(share * 100);
          bar.style.width = `${percent}%`;
          progress.setAttribute('aria-valuenow', String(percent));
        })
        .then(
          (answer) => {
            if (this.#running !== running) return;
            this.#answer = answer;
            this.#hits.set(0, answer.items);
            const bands = answer.groups
              .filter((group) => group.first < answer.kept)
              .map((group): GroupBand => ({ slot: group.first, group }));
            this.#rows = new RowMap(0, answer.kept - 1, bands);
            list.setCount(answer.values?.length ?? this.#rows.count);
            done(summaryOf(answer));
          },
          (error: unknown) => {
            done(running.signal.aborted ? 'Cancelled.' : sentence(error));
          },
        );
    };
    field.element.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && event.key !== 'F3') event.stopPropagation();
      if (event.key === 'Enter') begin();
      if (event.key === 'Escape') this.#running?.abort();
    });
    model.searchFor.subscribe((wanted) => {
      if (wanted === undefined) return;
      options.onShow();
      run(wanted);
    });
  }

  #fill(row: HTMLElement, index: number): void {
    const [address, value, text] = row.children;
    if (!address || !value || !text) return;
    const repeated = this.#answer?.values?.[index];
    const what = repeated === undefined ? this.#rows.at(index) : undefined;
    row.classList.toggle('group', what !== undefined && 'band' in what);
    if (repeated) {
      setText(address, `${repeated.count}×`);
      setText(value, wordDigits(repeated.value).zeros + wordDigits(repeated.value).digits);
      setText(text, repeated.text);
      setTitle(row, 'Enter lists where it stands');
    } else if (what && 'band' in what) {
      setText(address, '');
      setText(value, groupWords(what.band.group));
      setText(text, '');
      setTitle(row, `${what.band.group.mapping.start} to ${what.band.group.mapping.end}`);
    } else if (what) {
      const hit = this.#hit(what.slot);
      setText(address, hit ? addressDigits(parseHex(hit.address) ?? 0n) : '…');
      setText(value, hit?.value === undefined ? '' : wordDigits(hit.value).zeros + wordDigits(hit.value).digits);
      setText(text, hit ? hitWords(hit) : '');
      setTitle(row, hit ? `${hit.address}\n${hitWords(hit)}` : '');
    }
  }

  #hit(index: number): SearchHit | undefined {
    const page = this.#hits.get(Math.floor(index / PAGE_HITS));
    return page === undefined || page === 'awaited' ? undefined : page[index % PAGE_HITS];
  }

  #want(model: CoreModel, first: number, last: number, onPage: () => void): void {
    const target = this.#target;
    if (target === undefined || this.#answer === undefined || this.#answer.values) return;
    const hitAt = (row: number): number => {
      const what = this.#rows.at(row);
      return 'slot' in what ? what.slot : what.band.slot;
    };
    for (let page = Math.floor(hitAt(first) / PAGE_HITS); page <= Math.floor(hitAt(last) / PAGE_HITS); page++) {
      if (this.#hits.has(page)) continue;
      this.#hits.set(page, 'awaited');
      model.messenger.ask('search', { what: target, from: page * PAGE_HITS, count: PAGE_HITS }).then(
        ({ items }) => {
          if (this.#target !== target) return;
          this.#hits.set(page, items);
          onPage();
        },
        () => this.#hits.delete(page),
      );
    }
  }

  #subject(index: number): Subject | undefined {
    const repeated: RepeatedValue | undefined = this.#answer?.values?.[index];
    if (repeated)
      return {
        section: 'hit',
        row: `${repeated.value} ${repeated.count} times ${repeated.text}`,
        value: repeated.value,
      };
    const what = this.#rows.at(index);
    const hit = 'slot' in what ? this.#hit(what.slot) : undefined;
    if (hit === undefined) return undefined;
    const row = [hit.address, hit.value ?? '', hitWords(hit)].filter((part) => part !== '').join('  ');
    return {
      section: 'hit',
      row,
      address: hit.address,
      gdb: `x/gx ${hit.address}`,
      target: { range: hit.address, length: 8 },
      about: row,
      follow: { address: hit.address, code: false },
      ...(hit.value === undefined ? {} : { value: hit.value }),
    };
  }
}

interface GroupBand {
  readonly slot: number;
  readonly group: SearchGroup;
}

function groupWords({ mapping, count }: SearchGroup): string {
  const name = mapping.role ?? (mapping.path === undefined ? 'anonymous' : baseName(mapping.path));
  return `${name}  ${mapping.permissions}  ${count} ${count === 1 ? 'hit' : 'hits'}`;
}

function hitWords(hit: SearchHit): string {
  const parts = [];
  if (hit.thread !== undefined && hit.slot !== undefined) {
    const offset = hit.slot * 8;
    parts.push(
      `stack of ${hit.thread}, %rsp${offset < 0 ? '−' : '+'}${Math.abs(offset)}${hit.frame === undefined ? '' : `, frame ${hit.frame}`}`,
    );
  }
  if (hit.symbol !== undefined) parts.push(hit.symbol);
  if (hit.text !== undefined) parts.push(hit.text);
  return parts.join('  ');
}

function summaryOf(answer: SearchAnswer): string {
  const found = answer.values
    ? `${answer.values.length} words occur more than once`
    : `${answer.total} found${answer.kept < answer.total ? `, the first ${answer.kept} are listed` : ''}`;
  const hole = Number(answer.notThere);
  return `${found} in ${readableSize(Number(answer.searched))}${hole > 0 ? `; ${readableSize(hole)} are neither in the core nor in its files` : ''}.`;
}
