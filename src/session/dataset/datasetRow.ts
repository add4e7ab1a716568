import type { ColumnValue, DATASET_COLUMNS } from '../../shared/dataset.js';
import type { CoreRow, FrameRow } from '../../shared/report.js';
import type { StackWindow } from '../stackWindow.js';

/** What a data set keeps of a crash besides its row. */
export interface RowIdentity {
  readonly id: string;
  readonly stack?: StackWindow;
  /** All registers are kept, as the stack is. */
  readonly keepRegisters: boolean;
  readonly triaged: Date;
  readonly version: string;
}

/** Frames whose functions a data set keeps. */
const FRAMES = 24;

/** A crash as the fixed columns of a data set have it, those aside that depend on other rows and on tables. */
export function datasetRow(row: CoreRow, identity: RowIdentity): Record<string, ColumnValue> {
  const { process, signal, thread, problems, frames = [] } = row;
  const registers = thread?.registers ?? {};
  const [problem] = problems;
  const named = frames.find((frame) => frame.function !== undefined);
  const values = {
    id: identity.id,
    crash: undefined,
    duplicate: false,
    source: row.source,
    source_kind: row.sourceKind,
    size: row.size,
    bytes_read: row.bytesRead,
    status: row.status,
    problem: problem?.code,
    problem_text: problem?.message,
    format: row.format,
    arch: row.arch,
    time: row.time === undefined ? undefined : new Date(row.time),
    time_source: row.timeSource,
    host: row.host,
    machine_kernel: row.machine?.kernel,
    machine_processor: row.machine?.processor,
    pid: process?.pid,
    comm: process?.comm,
    args: process?.args,
    exe: process?.exe,
    build_id: process?.buildId,
    signal: signal?.name,
    signal_code: signal?.codeName,
    fault_address: signal?.faultAddress,
    tid: thread?.tid,
    thread_count: row.threadCount,
    label: row.label,
    kind: row.kind,
    confidence: row.confidence,
    shift: row.shift,
    address: row.address,
    rsp_mod16: row.rspMod16,
    signature: row.signature,
    exception_type: row.exception?.type,
    function: named?.function,
    module: frames[0]?.module,
    frames: frames.length === 0 ? undefined : frames.slice(0, FRAMES).map(frameText).join('\n'),
    stale_signal_frames: row.staleSignalFrames?.length,
    rip: registers['rip'] ?? registers['pc'],
    rsp: registers['rsp'] ?? registers['sp'],
    rbp: registers['rbp'] ?? registers['x29'],
    frame_base: frames[0]?.cfa,
    evidence: row.evidence === undefined ? undefined : evidenceText(row.evidence),
    registers: identity.keepRegisters && thread !== undefined ? JSON.stringify(registers) : undefined,
    register_words: identity.stack === undefined ? undefined : JSON.stringify(identity.stack.registers),
    stack_start: identity.stack?.start,
    stack: identity.stack?.bytes,
    stack_words: identity.stack?.words.join('\n'),
    excluded_by: undefined,
    excluded_reason: undefined,
    unmatched: undefined,
    triaged: identity.triaged,
    redzone_version: identity.version,
  } satisfies Record<(typeof DATASET_COLUMNS)[number]['name'], ColumnValue>;
  return values;
}

function frameText(frame: FrameRow): string {
  const place = frame.function ?? frame.pc;
  const inside = frame.offset === undefined || frame.function === undefined ? '' : `+${frame.offset}`;
  const module = frame.module === undefined ? '' : ` in ${frame.module}`;
  return `${place}${inside}${module}`;
}

function evidenceText(evidence: NonNullable<CoreRow['evidence']>): string {
  return [...evidence]
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .map(({ rule, weight, text }) => `${rule} ${weight > 0 ? '+' : ''}${weight.toFixed(2)}: ${text}`)
    .join('\n');
}
