import { hash } from 'node:crypto';
import { hex } from '../../engine/base/addresses.js';
import { signalName } from '../../engine/core/signals.js';
import { registersVerdict } from '../../engine/verdict/registersVerdict.js';
import { signatureOf } from '../../engine/verdict/signature.js';
import type { DatasetRow } from '../../shared/dataset.js';
import type { CoreRow } from '../../shared/report.js';
import { isInstant, type LoggedCrash } from './loggedCrash.js';

/** A crash that a log tells of, as a row. `source` is the log with the number of the line. */
export function logRow(crash: LoggedCrash, source: string): CoreRow {
  const verdict = registersVerdict(crash);
  const { signal, registers, functions, module, moduleOffset, time, host, pid } = crash;
  const { rip, rsp } = registers;
  const offset = moduleOffset === undefined ? {} : { moduleOffset: hex(moduleOffset) };
  const named = functions.map((name) => ({ function: name }));
  const frames = named.length > 0 ? named : module === undefined ? [] : [{ module, ...offset }];
  return {
    schema: 1,
    source,
    size: crash.line.length,
    bytesRead: crash.line.length,
    status: 'ok',
    problems: [],
    sourceKind: 'log',
    format: `${crash.writer}-log`,
    arch: crash.narrow === true ? 'i386' : 'x86_64',
    ...(pid === undefined && crash.comm === undefined
      ? {}
      : { process: { pid: pid ?? 0, comm: crash.comm ?? '', args: '' } }),
    ...(signal === undefined
      ? {}
      : {
          signal: {
            number: signal,
            name: signalName(signal),
            ...(crash.code === undefined ? {} : { code: crash.code }),
            ...(crash.faultAddress === undefined ? {} : { faultAddress: hex(crash.faultAddress) }),
          },
        }),
    ...(Object.keys(registers).length === 0
      ? {}
      : {
          thread: {
            tid: crash.tid ?? pid ?? 0,
            registers: Object.fromEntries(Object.entries(registers).map(([name, value]) => [name, hex(value)])),
          },
        }),
    label: verdict.label,
    kind: verdict.kind,
    confidence: verdict.confidence,
    evidence: [{ rule: 'log', text: verdict.because, weight: verdict.confidence, refs: [] }],
    ...(frames.length === 0 || rip === undefined
      ? {}
      : {
          frames: frames.map((frame, index) => ({
            index,
            pc: index === 0 ? hex(rip) : '0x0',
            trust: 'scan' as const,
            ...('function' in frame ? { function: frame.function } : { module: frame.module }),
          })),
        }),
    signature: signatureOf(verdict.kind, frames),
    ...(time === undefined || !isInstant(time)
      ? {}
      : { time: new Date(time).toISOString(), timeSource: 'journal' as const }),
    ...(host === undefined ? {} : { host }),
    ...(rsp === undefined || crash.narrow === true ? {} : { rspMod16: Number(rsp % 16n) }),
    ...(verdict.address === undefined ? {} : { address: verdict.address }),
  };
}

/**
 * What a core and a line of a log have in common when they tell of one crash: program, instruction and stack pointer. With randomized
 * addresses no two crashes share them; process ids differ between the namespaces of kernel and process.
 *
 * @returns `undefined` when one of them is not known
 */
export function crashMoment(row: DatasetRow): string | undefined {
  const { comm, rip, rsp } = row;
  if (typeof comm !== 'string' || comm === '' || typeof rip !== 'string' || typeof rsp !== 'string') return undefined;
  return digest(`${comm.slice(0, 15)} ${rip} ${rsp}`);
}

/** The moment of a crash of a log, as its row has it. */
export function loggedMoment({ comm, registers: { rip, rsp } }: LoggedCrash): string | undefined {
  if (rip === undefined || rsp === undefined || comm === undefined) return undefined;
  return crashMoment({ comm, rip: hex(rip), rsp: hex(rsp) });
}

/** The identity of a crash that is known from a log alone: the same wherever the line was copied to. */
export function loggedIdentity(crash: LoggedCrash): string {
  const { host, time, comm, registers } = crash;
  // What forwards lines of abseil prints them twice, with the process id and without.
  const pid = crash.writer === 'abseil' ? undefined : crash.pid;
  return digest(
    JSON.stringify([host, time, pid, comm, registers['rip']?.toString(), registers['rsp']?.toString(), crash.signal]),
  );
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}
