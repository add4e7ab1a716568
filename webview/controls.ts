import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeRadio,
  vsCodeRadioGroup,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { append, setAttributes, type Attributes, type Child } from './dom.js';

/**
 * The standard controls, registered here and nowhere else, so that another set can replace them. Call once before the page is
 * built.
 */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeRadio(),
    vsCodeRadioGroup(),
    vsCodeTextArea(),
    vsCodeTextField(),
  );
}

/** A push button; `primary` at most once on a page. */
export function button(attributes: Attributes, label: string, onClick: () => void, primary = false): HTMLElement {
  const made = control('vscode-button', { appearance: primary ? 'primary' : 'secondary', ...attributes }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** A drop-down of fixed choices; `onChange` gets the value of the chosen one. */
export function dropdown(
  attributes: Attributes,
  choices: readonly { readonly value: string; readonly label: string }[],
  selected: string,
  onChange: (value: string) => void,
): HTMLElement {
  const made = control(
    'vscode-dropdown',
    attributes,
    ...choices.map((choice) =>
      control(
        'vscode-option',
        { value: choice.value, selected: choice.value === selected ? '' : undefined },
        choice.label,
      ),
    ),
  );
  made.addEventListener('change', () => {
    const { value } = made as HTMLElement & { value?: unknown };
    if (typeof value === 'string') onChange(value);
  });
  return made;
}

/** One of a few choices, all in view. */
export function radioGroup(
  attributes: Attributes,
  choices: readonly { readonly value: string; readonly label: string }[],
  selected: string,
  onChange: (value: string) => void,
): HTMLElement {
  const made = control(
    'vscode-radio-group',
    { role: 'radiogroup', ...attributes },
    ...choices.map(({ value, label }) =>
      control('vscode-radio', { value, checked: value === selected ? '' : undefined }, label),
    ),
  );
  // The group has heard of its radio by the time the event reaches it.
  made.addEventListener('change', () => {
    const { value } = made as HTMLElement & { value?: unknown };
    if (typeof value === 'string') onChange(value);
  });
  return made;
}

/** A place for text, of one line or of several. */
export interface TextControl {
  readonly element: HTMLElement;
  value: string;
  focus(): void;
  select(): void;
}

/** Several lines of text. */
export function textArea(attributes: Attributes): TextControl {
  return textControl(control('vscode-text-area', { rows: '3', resize: 'vertical', ...attributes }));
}

/** One line of text; `onInput` is called as it is written. */
export function textField(attributes: Attributes, onInput: (value: string) => void): TextControl {
  const made = textControl(control('vscode-text-field', attributes));
  made.element.addEventListener('input', () => {
    onInput(made.value);
  });
  return made;
}

function textControl(element: HTMLElement): TextControl {
  // These controls name themselves "Text field" when they come into the document, whatever they were called.
  const label = element.getAttribute('aria-label') ?? '';
  new MutationObserver(() => {
    if (element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label);
  }).observe(element, { attributes: true, attributeFilter: ['aria-label'] });
  const made = element as HTMLElement & { value?: string; select?: () => void };
  return {
    element,
    get value() {
      return made.value ?? '';
    },
    set value(value: string) {
      made.value = value;
    },
    focus: () => {
      made.focus();
    },
    select: () => {
      made.select?.();
    },
  };
}

/** A button that stays pressed. */
export interface ToggleControl {
  readonly element: HTMLElement;
  readonly on: boolean;
  flip(): true;
}

/** A small button that is on or off; `onChange` is called after each change. */
export function toggle(attributes: Attributes, label: string, onChange: () => void): ToggleControl {
  let on = false;
  const flip = (): true => {
    on = !on;
    made.setAttribute('aria-pressed', String(on));
    onChange();
    return true;
  };
  const made = control(
    'vscode-button',
    { appearance: 'icon', class: 'toggle', 'aria-pressed': 'false', 'aria-label': attributes['title'], ...attributes },
    label,
  );
  made.addEventListener('click', flip);
  return {
    element: made,
    get on() {
      return on;
    },
    flip,
  };
}

/** Turns while something is awaited. */
export function progressRing(label: string): HTMLElement {
  return control('vscode-progress-ring', { 'aria-label': label });
}

function control(tag: string, attributes: Attributes, ...children: readonly Child[]): HTMLElement {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  append(made, children);
  return made;
}
