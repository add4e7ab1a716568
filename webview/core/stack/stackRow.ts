import type { Slot } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import type { Annotation } from '../../../src/shared/annotations.js';
import { AnnotationFlag, annotationLines } from '../annotations/annotationFlag.js';
import { frameName, framePlace } from '../frames/frameWords.js';
import { setTrust } from '../frames/trust.js';
import { addressDigits, signedOffset, wordDigits } from '../hex.js';
import { KIND_WORDS, makeMark, setMark } from '../marks.js';
import type { Band } from './bands.js';

/**
 * One row of the stack, a slot or a heading. Both shapes stand in every row element and one is hidden, so that recycling a row
 * never builds anything.
 */
export class StackRow {
  readonly root: HTMLElement;
  readonly #offset = cell('offset');
  readonly #address = cell('address');
  readonly #zeros = element('span', { class: 'zeros' });
  readonly #digits = element('span');
  readonly #mark = makeMark();
  readonly #field = element('span', { class: 'field' });
  readonly #text = element('span', { class: 'slot-text' });
  readonly #remark = element('span', { class: 'remark' });
  readonly #note = new AnnotationFlag();
  readonly #slotCells: readonly HTMLElement[];
  readonly #heading = element('span', { class: 'band', role: 'gridcell', 'aria-colspan': '4' });
  readonly #name = element('span', { class: 'band-name' });
  readonly #detail = element('span', { class: 'band-detail' });
  readonly #badge = element('span', { class: 'trust' });

  #tooltip: () => string = () => '';

  constructor() {
    const value = cell('value');
    value.append(this.#zeros, this.#digits);
    const meaning = cell('meaning');
    meaning.append(this.#mark, this.#field, this.#text, this.#note.root, this.#remark);
    this.#slotCells = [this.#offset, this.#address, value, meaning];
    this.#heading.append(this.#name, this.#detail, element('span', { class: 'band-rule' }), this.#badge);
    this.root = element('div', { class: 'stack-row' }, ...this.#slotCells, this.#heading);
    // Made when it is wanted: scrolling fills rows that nobody points at.
    this.root.addEventListener('pointerenter', () => {
      setTitle(this.root, this.#tooltip());
    });
  }

  /** Shows slot `index`; its offset and address are known before the rest is. */
  showSlot(index: number, address: bigint, slot: Slot | undefined, state: SlotState): void {
    this.#shape(false);
    const region = slot?.region ?? (index < -16 ? 'dead' : index < 0 ? 'redZone' : 'live');
    this.root.className = rowClass('slot', region, slot, state, index);
    this.root.dataset['slot'] = String(index);
    this.root.dataset['region'] = region;
    delete this.root.dataset['testid'];
    setText(this.#offset, signedOffset(index * 8));
    setText(this.#address, addressDigits(address));
    const word = slot?.value === undefined ? undefined : wordDigits(slot.value);
    setText(this.#zeros, word?.zeros ?? '');
    setText(this.#digits, word?.digits ?? (slot === undefined ? '…' : '—'));
    setMark(this.#mark, slot?.kind);
    setText(this.#field, slot?.signalFrame?.field ?? '');
    setText(this.#text, slot?.text ?? '');
    this.#text.className = slot === undefined ? 'slot-text' : `slot-text kind-${slot.kind}`;
    setText(this.#remark, slot?.remark ?? '');
    this.#note.show(state.annotations);
    this.#tooltip = () =>
      slot === undefined ? '' : [slotTitle(index, address, slot), ...annotationLines(state.annotations)].join('\n');
  }

  /** Shows a heading. */
  showBand(band: Band, rsp: bigint, selected: boolean, stop: string): void {
    this.#shape(true);
    this.root.className = `stack-row virtual-row heading band-${band.kind}${selected ? ' selected' : ''}`;
    delete this.root.dataset['slot'];
    delete this.root.dataset['region'];
    this.root.dataset['testid'] = BAND_TEST_IDS[band.kind];
    const { name, detail } = bandWords(band, stop);
    setText(this.#name, name);
    setText(this.#detail, detail);
    this.#badge.hidden = band.frame === undefined && band.signalFrame === undefined;
    if (band.frame) setTrust(this.#badge, band.frame.trust);
    else if (band.signalFrame) {
      this.#badge.className = 'trust';
      setText(this.#badge, band.signalFrame.active ? 'active' : 'stale');
    }
    this.#tooltip = () => `at ${addressDigits(rsp + BigInt(band.slot) * 8n)}`;
  }

  #shape(heading: boolean): void {
    this.#heading.hidden = !heading;
    for (const slotCell of this.#slotCells) slotCell.hidden = heading;
  }
}

/** What the page, rather than the core, says of a slot. */
export interface SlotState {
  readonly lit: boolean;
  readonly selectedFrame: boolean;
  /** One of those that are searched for. */
  readonly found: boolean;
  readonly annotations: readonly Annotation[];
}

const BAND_TEST_IDS: Readonly<Record<Band['kind'], string>> = {
  dead: 'dead-stack',
  redZone: 'redzone',
  signalFrame: 'stack-signal-frame',
  assumed: 'stack-assumed',
  frame: 'stack-frame',
  end: 'stack-end',
};

function bandWords(band: Band, stop: string): { readonly name: string; readonly detail: string } {
  if (band.frame) {
    const { frame } = band;
    return { name: `frame ${band.physical ?? 0}  ${frameName(frame)}`, detail: framePlace(frame) };
  }
  if (band.signalFrame) {
    const { siginfo, symbol, registers } = band.signalFrame;
    return {
      name: `signal frame  ${siginfo?.name ?? 'unknown signal'}`,
      detail: `interrupted ${symbol ?? registers['rip'] ?? '?'}`,
    };
  }
  if (band.kind === 'dead') return { name: 'dead stack', detail: 'below the red zone: frames that have returned' };
  if (band.kind === 'assumed') return { name: '%rsp as assumed', detail: signedOffset(band.slot * 8) };
  if (band.kind === 'redZone') return { name: 'red zone', detail: '128 bytes below %rsp' };
  return { name: 'end of the walk', detail: stop };
}

function cell(name: string): HTMLElement {
  return element('span', { class: name, role: 'gridcell' });
}

function rowClass(shape: string, region: string, slot: Slot | undefined, state: SlotState, index: number): string {
  const names = ['stack-row', 'virtual-row', shape, region];
  if (index === 0) names.push('at-rsp');
  if (slot?.frame !== undefined) names.push('owned');
  if (slot?.signalFrame) names.push(slot.signalFrame.active ? 'in-active-signal' : 'in-stale-signal');
  if (slot?.kind === 'zero') names.push('is-zero');
  if (state.lit) names.push('lit');
  if (state.found) names.push('found');
  if (state.selectedFrame) names.push('selected');
  return names.join(' ');
}

function slotTitle(index: number, address: bigint, slot: Slot): string {
  const lines = [`%rsp${signedOffset(index * 8)}  0x${addressDigits(address)}`];
  if (slot.value !== undefined) lines.push(`${slot.value}  ${KIND_WORDS[slot.kind]}`);
  lines.push(slot.text);
  if (slot.frame !== undefined) lines.push(`frame ${slot.frame}`);
  if (slot.remark !== undefined) lines.push(slot.remark);
  return lines.join('\n');
}
