import type { CoreRow, Problem, ProcessInfo } from '../../shared/report.js';
import type { Diagnostic } from '../base/diagnostics.js';
import { printablePath } from '../base/text.js';
import type { FileIdentity } from '../core/identifyFile.js';
import type { Judgement } from '../verdict/judge.js';
import { signatureOf } from '../verdict/signature.js';
import { frameRows } from './frameRows.js';
import { claimOf, evidenceRows, staleRows } from './judgementRows.js';
import { machineOf } from './machine.js';
import type { Inspection } from './openInspection.js';
import { registerStrings, signalInfo } from './signalFrameReports.js';
import { threadFrames } from './threadFrames.js';

/** Frames of the crashed thread in a row. */
const ROW_FRAMES = 64;

/** What the row knows of the file besides its bytes. */
export interface RowOrigin {
  readonly source: string;
  readonly size: number;
  /** Asked after everything else, so that it counts all reads. */
  readonly bytesRead: () => number;
}

/** The row of `redzone triage` for one core. */
export function coreRow(inspection: Inspection, origin: RowOrigin): CoreRow {
  const { core, judgement, crashedThread } = inspection;
  const signal = judgement?.crash.signal ?? core.signal;
  const registers = judgement?.crash.registers ?? crashedThread?.registers;
  const verdict = judgement === undefined ? verdictOfOther(inspection) : verdictOf(inspection, judgement);
  const process = processInfo(inspection);
  const machine = machineOf(core, inspection.modules);
  return {
    schema: 1,
    source: origin.source,
    size: origin.size,
    status: inspection.status,
    sourceKind: 'core',
    format: core.format,
    arch: core.elf.arch,
    ...(process === undefined ? {} : { process }),
    ...(signal === undefined ? {} : { signal: signalInfo(signal) }),
    ...(crashedThread === undefined || registers === undefined
      ? {}
      : { thread: { tid: crashedThread.tid, registers: registerStrings(registers) } }),
    threadCount: core.threads.length,
    ...(machine === undefined ? {} : { machine }),
    ...verdict,
    problems: problemRows([...inspection.problems(), ...foreign(inspection)]),
    bytesRead: origin.bytesRead(),
  };
}

/** The row of a file that is no core, or could not be read. */
export function unreadableRow(identity: FileIdentity, origin: RowOrigin): CoreRow {
  return {
    schema: 1,
    source: origin.source,
    size: origin.size,
    bytesRead: origin.bytesRead(),
    status: 'unreadable',
    problems: [{ code: identity.format, message: `not a core: ${identity.words}` }],
    sourceKind: 'core',
    format: identity.format,
  };
}

function verdictOf(inspection: Inspection, judgement: Judgement): Partial<CoreRow> {
  const { crash } = judgement;
  const { architecture } = inspection.core;
  const sp = crash.registers.get(architecture?.stackPointer ?? '');
  const { rows: frames, frameOfRow } = crashedFrames(inspection);
  return {
    ...claimOf(judgement),
    evidence: evidenceRows(judgement.evidence, frameOfRow),
    frames,
    staleSignalFrames: staleRows(inspection, judgement),
    signature: signatureOf(judgement.kind, frames),
    ...(sp === undefined ? {} : { rspMod16: Number(sp % 16n) }),
  };
}

/** Another architecture, or no thread: recognised, not judged. */
function verdictOfOther(inspection: Inspection): Partial<CoreRow> {
  const { rows: frames } = crashedFrames(inspection);
  return {
    label: 'other',
    kind: 'unknown',
    confidence: 0.3,
    evidence: [],
    ...(frames.length === 0 ? {} : { frames }),
    signature: signatureOf('unknown', frames),
  };
}

function foreign(inspection: Inspection): Diagnostic[] {
  const { architecture, elf, threads } = inspection.core;
  if (architecture?.name === 'x86_64') return [];
  const what = architecture === undefined ? 'its registers are not decoded and it is not judged' : 'it is not judged';
  const code = threads.length === 0 ? 'no-threads' : 'foreign-architecture';
  return [{ code, message: `the core is of ${elf.arch}: ${what}` }];
}

/** Frames of the crashed thread as rows. */
export function crashedFrames(inspection: Inspection, limit = ROW_FRAMES): ReturnType<typeof frameRows> {
  const thread = inspection.crashedThread;
  if (thread === undefined) return { rows: [], frameOfRow: [] };
  return frameRows(
    threadFrames(inspection, thread, limit).frames,
    inspection.symbolizer,
    inspection.lines,
    inspection.context,
  );
}

export function problemRows(diagnostics: readonly Diagnostic[]): Problem[] {
  return diagnostics.map((item) => ({
    code: item.code,
    message: item.message,
    ...(item.offset === undefined ? {} : { offset: Number(item.offset) }),
  }));
}

export function processInfo(inspection: Inspection): ProcessInfo | undefined {
  const { process } = inspection.core;
  if (process === undefined) return undefined;
  const executable = inspection.executable;
  const buildId = executable?.buildId ?? (executable?.status === 'unverified' ? executable.image?.buildId : undefined);
  return {
    pid: process.pid,
    comm: process.comm,
    args: process.args,
    ...(executable === undefined || !executable.path.startsWith('/') ? {} : { exe: printablePath(executable.path) }),
    ...(buildId === undefined ? {} : { buildId }),
  };
}
