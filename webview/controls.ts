import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { append, setAttributes, type Attributes, type Child } from './dom.js';

/**
 * The standard controls, registered here and nowhere else, so that another set can replace them. Call once before the page is
 * built.
 */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeProgressRing());
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
