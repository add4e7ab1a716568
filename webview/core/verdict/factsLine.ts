import type { CoreSummary } from '../../../src/shared/queries.js';
import type { SignalInfo } from '../../../src/shared/report.js';
import { element } from '../../dom.js';
import { baseName, readableSize } from '../hex.js';

/** Who crashed, of what, where and when, and how much of it is in the file: one line. */
export function factsLine(summary: CoreSummary): HTMLElement {
  const { process, signal } = summary;
  return element(
    'dl',
    { class: 'facts' },
    ...fact(
      'Process',
      process && (process.exe === undefined ? process.comm : baseName(process.exe)),
      process && processTitle(process),
    ),
    ...fact('Command', process && commandWords(process), process?.args),
    ...fact('PID', process && String(process.pid)),
    ...fact('Signal', signal && signalWords(signal)),
    ...fact('Threads', summary.threadCount > 0 ? String(summary.threadCount) : undefined),
    ...fact('Arch', summary.arch),
    ...fact('Kernel', summary.kernel),
    ...fact('CPU', summary.processor && shortModel(summary.processor), summary.processor),
    ...fact('Build', process?.buildId?.slice(0, 10), `build id ${process?.buildId ?? ''}`),
    ...fact('Host', summary.host),
    ...fact('Time', summary.time?.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')),
    ...fact('Core', readableSize(summary.size), `${summary.source}\n${summary.size} bytes, ${summary.bytesRead} read`),
    ...completeness(summary),
  );
}

/** `AMD 26/2/1`, as kernels and microcode lists write family, model and stepping. */
function shortModel(processor: string): string {
  return processor.replace(/ family (\d+) model (\d+) stepping (\d+)$/, ' $1/$2/$3');
}

/** `SIGSEGV SEGV_MAPERR at 0x0`, or who sent it. */
export function signalWords(signal: SignalInfo): string {
  const parts = [signal.name];
  if (signal.codeName !== undefined) parts.push(signal.codeName);
  if (signal.faultAddress !== undefined) parts.push(`at ${signal.faultAddress}`);
  if (signal.sender !== undefined) parts.push(`from pid ${signal.sender.pid}, uid ${signal.sender.uid}`);
  return parts.join(' ');
}

/** The arguments, where there are more than the program's own name. */
function commandWords({ args, exe, comm }: NonNullable<CoreSummary['process']>): string | undefined {
  const [first = '', ...rest] = args.trim().split(' ');
  const isName = [exe, comm, exe === undefined ? undefined : baseName(exe)].some((name) => name === first);
  return rest.length === 0 && (isName || baseName(first) === comm) ? undefined : args.trim();
}

function processTitle(process: NonNullable<CoreSummary['process']>): string {
  const lines = [process.args];
  if (process.exe !== undefined) lines.push(process.exe);
  if (process.buildId !== undefined) lines.push(`build id ${process.buildId}`);
  return lines.join('\n');
}

function fact(term: string, value: string | undefined, title?: string): HTMLElement[] {
  if (value === undefined || value === '') return [];
  return [
    element(
      'div',
      { class: `fact fact-${term.toLowerCase()}`, title },
      element('dt', {}, term),
      element('dd', {}, value),
    ),
  ];
}

function completeness(summary: CoreSummary): HTMLElement[] {
  if (summary.memory === undefined) return [];
  const mapped = Number(summary.memory.mapped);
  const dumped = Number(summary.memory.dumped);
  if (!(mapped > 0)) return [];
  const share = Math.min(1, dumped / mapped);
  const percent = share < 0.995 ? Math.floor(share * 100) : 100;
  const bar = element('span', { class: 'meter-bar' });
  bar.style.width = `${percent}%`;
  const title = `${readableSize(dumped)} of ${readableSize(mapped)} of mapped memory are in the file`;
  return [
    element(
      'div',
      { class: 'fact', title },
      element('dt', {}, 'Memory'),
      element('dd', {}, element('span', { class: 'meter', 'aria-hidden': 'true' }, bar), ` ${percent} % in the core`),
    ),
  ];
}
