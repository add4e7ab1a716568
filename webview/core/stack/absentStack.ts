import type { SlotPage } from '../../../src/shared/queries.js';
import { emptyState } from '../../emptyState.js';

/** What stands where a stack would, when the core does not hold it: why, and what to do so that the next one does. */
export function absentStack({ reason, absence }: Pick<SlotPage, 'reason' | 'absence'>): HTMLElement {
  const { title, advice } = STATES[absence ?? 'unmapped'];
  return emptyState(title, sentenceOf(reason ?? 'No memory around %rsp was written to this core.'), advice);
}

interface State {
  readonly title: string;
  readonly advice: string;
}

const STATES: Readonly<Record<NonNullable<SlotPage['absence']>, State>> = {
  filtered: {
    title: 'Stack not in this core',
    advice:
      'The registers and the verdict above are all that is left of this thread. For the next crash let the kernel write private memory: ' +
      'echo 0x33 > /proc/PID/coredump_filter before it, or CoredumpFilter= in the unit of the service.',
  },
  truncated: {
    title: 'Stack not in this core',
    advice:
      'The file ends before the stack. For the next crash raise what cut it: ulimit -c, ProcessSizeMax= and ExternalSizeMax= of ' +
      'systemd-coredump, or the space on its disk; a copy that broke off can be fetched again.',
  },
  unmapped: {
    title: 'No stack at %rsp',
    advice: '%rsp does not point into a stack: see Readings for other values of it, and Memory for any other address.',
  },
  architecture: {
    title: 'This architecture is not decoded',
    advice: 'Mappings, memory and search below work all the same; a debugger for that architecture reads the rest.',
  },
  'not-fetched': {
    title: 'Stack not fetched yet',
    advice: 'The core lies on a server, and this part of it could not be fetched: try again when the server answers.',
  },
};

function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
