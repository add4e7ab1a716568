import type { RegisterComponentRow, VectorValue } from '../../shared/queries.js';
import type { RegisterComponentReport } from '../../shared/report.js';
import type { ExtendedState } from '../arch/extendedState.js';
import { hex } from '../base/addresses.js';
import { hexBytes } from '../base/text.js';

/** Parts of the extended state as a query answers them. */
export function componentRows(
  state: ExtendedState | undefined,
  textOf: (address: bigint) => string | undefined,
): RegisterComponentRow[] {
  return (state?.components ?? []).map(({ name, state: saved, text, registers }) => ({
    name,
    state: saved,
    text,
    registers: registers.map((register) => ({
      name: register.name,
      value: hex(register.value),
      text: register.text ?? (register.isAddress === true ? (textOf(register.value) ?? '') : ''),
    })),
  }));
}

export function vectorRows(state: ExtendedState | undefined): VectorValue[] {
  return (state?.vectors ?? []).map(({ name, bytes, initial }) => ({ name, bytes: hexBytes(bytes), initial }));
}

/** The same for the report, which has one of each thread: values without words. */
export function componentReports(state: ExtendedState): Record<string, RegisterComponentReport> {
  return Object.fromEntries(
    state.components.map(({ name, state: saved, registers }): [string, RegisterComponentReport] => [
      name,
      saved !== 'saved' || registers.length === 0
        ? { state: saved }
        : {
            state: saved,
            registers: Object.fromEntries(registers.map((each) => [each.name, hex(each.value)])),
          },
    ]),
  );
}

export function vectorStrings(state: ExtendedState): Record<string, string> {
  return Object.fromEntries(state.vectors.map(({ name, bytes }) => [name, hexBytes(bytes)]));
}
