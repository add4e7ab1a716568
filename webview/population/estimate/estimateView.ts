import { element, setText } from '../../dom.js';
import { Pane } from '../../pane.js';
import { agreement, estimate, roughly, type Estimate, type EstimateInputs } from '../model/estimate.js';
import type { PopulationModel } from '../populationModel.js';

interface Field {
  readonly key: keyof EstimateInputs;
  readonly label: string;
  readonly unit: string;
  /** What one of the unit is in the estimate's own. */
  readonly scale: number;
  readonly start: number;
}

const RATES: readonly Field[] = [
  { key: 'window', label: 'Race window', unit: 'ns for each exception', scale: 1e-9, start: 1 },
  { key: 'signalRate', label: 'Signal rate', unit: 'signals a second and core', scale: 1, start: 10 },
  { key: 'exceptionRate', label: 'Exception rate', unit: 'exceptions a second and core', scale: 1, start: 1 },
  { key: 'cores', label: 'Processor cores', unit: 'in the fleet', scale: 1, start: 10_000 },
];

const REACH: readonly Field[] = [
  {
    key: 'signalFrame',
    label: 'Signal frame',
    unit: 'bytes: 1,000 with SSE, 1,300 AVX, 3,200 AVX-512',
    scale: 1,
    start: 3200,
  },
  { key: 'handlerDepth', label: 'Handler’s stack', unit: 'bytes, with what it calls', scale: 1, start: 400 },
  { key: 'distance', label: 'Stale context lies', unit: 'bytes below %rsp', scale: 1, start: 700 },
];

const MILLISECONDS_A_DAY = 86_400_000;

/** A Fermat estimate of a signal race: how many crashes a day it would make, beside how many there are among those looked at. */
export function estimateView(model: PopulationModel): HTMLElement {
  const pane = new Pane({
    id: 'estimate',
    title: 'Would a signal race explain it?',
    testId: 'estimate',
    foldable: true,
  });
  const fields = [...RATES, ...REACH];
  const values = new Map<keyof EstimateInputs, number>(fields.map(({ key, start, scale }) => [key, start * scale]));
  const expected = element('p', { class: 'estimate-expected' });
  const observed = element('p', {});
  const reach = element('p', {});
  const verdict = element('p', { class: 'estimate-verdict', 'data-testid': 'estimate-verdict', role: 'status' });
  const answer = () => {
    const of = (key: keyof EstimateInputs) => values.get(key) ?? 0;
    const made = estimate({
      window: of('window'),
      signalRate: of('signalRate'),
      exceptionRate: of('exceptionRate'),
      cores: of('cores'),
      distance: of('distance'),
      signalFrame: of('signalFrame'),
      handlerDepth: of('handlerDepth'),
    });
    const seen = perDay(model);
    setText(
      expected,
      `Exceptions a day × the chance that a signal hits the window: ${roughly(made.expected)}. Rates known to a factor of three each leave it between ${roughly(made.range[0])} and ${roughly(made.range[1])}.`,
    );
    setText(reach, reachInWords(made, of('distance')));
    setText(
      observed,
      seen === undefined
        ? 'Without times there is nothing to compare with.'
        : `Among the crashes looked at: ${roughly(seen)}.`,
    );
    setText(
      verdict,
      seen === undefined
        ? ''
        : inWords(made.reaches === 'surely' || made.reaches === 'perhaps' ? made.expected : 0, seen),
    );
  };
  const field = ({ key, label, unit, scale, start }: Field) => {
    const input = element('input', {
      type: 'number',
      min: '0',
      step: 'any',
      id: `estimate-${key}`,
      value: String(model.view.get().estimate?.[key] ?? start),
    });
    input.addEventListener('input', () => {
      const value = Number.isFinite(input.valueAsNumber) ? Math.max(0, input.valueAsNumber) : 0;
      values.set(key, value * scale);
      model.setView({ estimate: { ...model.view.get().estimate, [key]: value } });
      answer();
    });
    // A link that is followed, or one that was kept: what the reader types is in it already.
    model.view.subscribe(({ estimate: shown }) => {
      const value = shown?.[key] ?? start;
      if (document.activeElement === input || input.valueAsNumber === value) return;
      input.value = String(value);
      values.set(key, value * scale);
      answer();
    });
    return element(
      'div',
      { class: 'estimate-field' },
      element('label', { for: input.id }, label),
      input,
      element('span', { class: 'estimate-unit' }, unit),
    );
  };
  pane.body.classList.add('estimate');
  pane.body.append(
    element('div', { class: 'estimate-fields' }, ...RATES.map(field)),
    element('div', { class: 'estimate-fields' }, ...REACH.map(field)),
    element('div', { class: 'estimate-answer' }, expected, reach, observed, verdict),
  );
  model.selection.subscribe(answer);
  return pane.root;
}

function reachInWords({ reach, reaches }: Estimate, distance: number): string {
  const context = `a context ${distance.toLocaleString('en')} bytes below %rsp`;
  const depth = `The red zone, the signal frame and the handler reach ${reach.toLocaleString('en')} bytes deep`;
  switch (reaches) {
    case 'surely':
      return `${depth}: this handler reaches ${context}.`;
    case 'perhaps':
      return `${depth}: whether this handler reaches ${context} depends on how the kernel has to align the frame.`;
    case 'short':
      return `${depth}: this handler does not reach ${context}.`;
    case 'spared':
      return `No signal touches the red zone of 128 bytes, in which ${context} lies.`;
  }
}

function inWords(expected: number, observed: number): string {
  const times = Math.max(expected, observed) / Math.min(expected, observed);
  const factor = Number.isFinite(times)
    ? `some ${Number(times.toPrecision(1)).toLocaleString('en')} times`
    : 'many times';
  switch (agreement(expected, observed)) {
    case 'agrees':
      return 'To an order of magnitude, which is all such an estimate gives, the race explains what is seen.';
    case 'more':
      return `There are ${factor} more crashes than the race would make: something else makes most of them, or a rate above is off.`;
    case 'fewer':
      return `The race would make ${factor} as many crashes as there are: it is rarer than it looks, or a rate above is off.`;
    case 'unexplained':
      return 'The race would make none of these crashes.';
    case 'nothing':
      return 'None are to be expected, and none are looked at.';
  }
}

/** Crashes a day among those looked at, over the time that is looked at. */
function perDay(model: PopulationModel): number | undefined {
  const { time } = model;
  if (!time) return undefined;
  let first = Infinity;
  let last = -Infinity;
  for (const value of time) {
    if (value < first) first = value;
    if (value > last) last = value;
  }
  const range = model.selection.get().ranges.get('time');
  const from = Math.max(first, range?.[0] ?? -Infinity);
  const to = Math.min(last, range?.[1] ?? Infinity);
  // A day at least: an hour of crashes says nothing of a day.
  return model.rows().length / Math.max(1, (to - from) / MILLISECONDS_A_DAY);
}
