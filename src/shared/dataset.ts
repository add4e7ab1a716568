/**
 * The columns of a data set of crashes, version by version described in docs/dataset.md. Names are those of the JSON contract with
 * dots and capitals turned into underscores. Columns joined from tables come behind these under names of their own.
 */
export const DATASET_VERSION = 1;

/** How a column is stored. `text` is UTF-8, `time` milliseconds since 1970 in UTC, `integer` 64 bits with sign. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'bytes';

/** A value of a column; `undefined` where there is none. */
export type ColumnValue = string | number | boolean | Date | Uint8Array | undefined;

export interface DatasetColumn {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * What it is good for. `identity` and `detail` tell one row from the others, so there is nothing to group by; `verdict` is what is to
   * be explained; `attribute` may explain it.
   */
  readonly role: 'identity' | 'verdict' | 'attribute' | 'detail';
  readonly about: string;
}

const column = (name: string, type: ColumnType, role: DatasetColumn['role'], about: string): DatasetColumn => ({
  name,
  type,
  role,
  about,
});

export const DATASET_COLUMNS = [
  column('id', 'text', 'identity', 'of source, size and revision: a run adds no row whose id is there already'),
  column('crash', 'text', 'identity', 'equal for all rows of one crash: its core, a second upload, its line in a log'),
  column(
    'duplicate',
    'boolean',
    'detail',
    'a row of this crash was there already, so that this one must not be counted',
  ),
  column('source', 'text', 'identity', 'the path or URL, verbatim'),
  column('source_kind', 'text', 'detail', 'core or log'),
  column('size', 'integer', 'detail', 'bytes of the file'),
  column('bytes_read', 'integer', 'detail', 'bytes of the file that were read for this row'),
  column('status', 'text', 'detail', 'ok, partial or unreadable'),
  column('problem', 'text', 'detail', 'code of the first problem'),
  column('problem_text', 'text', 'detail', 'that problem in a sentence'),
  column('format', 'text', 'detail', 'elf64-core, or what the file is instead'),
  column('arch', 'text', 'attribute', 'x86_64, aarch64...'),
  column('time', 'time', 'detail', 'when the process died'),
  column('time_source', 'text', 'detail', 'where that is from: core_pattern, xattr, journal, object, mtime'),
  column('host', 'text', 'attribute', 'the machine, where the core or its place tells'),
  column('machine_kernel', 'text', 'attribute', "version of the machine's kernel, from the core's own vDSO"),
  column('machine_processor', 'text', 'attribute', "vendor, family, model and stepping, from glibc's own memory"),
  column('pid', 'integer', 'detail', 'in its own namespace'),
  column('comm', 'text', 'attribute', 'name of the program, at most 15 bytes'),
  column('args', 'text', 'detail', 'at most 79 bytes'),
  column('exe', 'text', 'attribute', 'path of the program'),
  column('build_id', 'text', 'attribute', 'of the program'),
  column('signal', 'text', 'verdict', 'SIGSEGV...'),
  column('signal_code', 'text', 'verdict', 'SEGV_MAPERR...'),
  column('fault_address', 'text', 'detail', 'si_addr'),
  column('tid', 'integer', 'detail', 'the thread the verdict speaks of'),
  column('thread_count', 'integer', 'detail', 'threads of the process'),
  column('label', 'text', 'verdict', 'return-to-null, misaligned-stack or other; none for what could not be read'),
  column('kind', 'text', 'verdict', 'finer than the label'),
  column('confidence', 'number', 'detail', '0 to 1'),
  column('shift', 'integer', 'verdict', 'bytes that were added to %rsp'),
  column('address', 'text', 'verdict', 'what the address was: null, near-null, noncanonical...'),
  column('rsp_mod16', 'integer', 'verdict', '%rsp modulo 16'),
  column('signature', 'text', 'verdict', 'equal for equal crashes over builds and address layouts'),
  column('exception_type', 'text', 'verdict', 'of an exception in flight'),
  column('function', 'text', 'verdict', 'innermost known function'),
  column('module', 'text', 'verdict', 'file of the innermost frame'),
  column('frames', 'text', 'detail', 'innermost first, one a line'),
  column('stale_signal_frames', 'integer', 'verdict', 'signal frames of handlers that have returned'),
  column('rip', 'text', 'detail', 'instruction pointer at the crash'),
  column('rsp', 'text', 'detail', 'stack pointer at the crash'),
  column('rbp', 'text', 'detail', 'frame pointer at the crash'),
  column('frame_base', 'text', 'detail', 'canonical frame address of the innermost frame'),
  column('evidence', 'text', 'detail', 'one sentence a line, strongest first'),
  column('registers', 'text', 'detail', 'all registers as JSON, with --keep-stack'),
  column('register_words', 'text', 'detail', 'what each register points to, as JSON, with --keep-stack'),
  column('stack_start', 'text', 'detail', 'address of the first byte of stack, with --keep-stack'),
  column('stack', 'bytes', 'detail', 'what the core holds from the red zone upwards, with --keep-stack'),
  column('stack_words', 'text', 'detail', 'what each of its words points to, one a line, with --keep-stack'),
  column('excluded_by', 'text', 'detail', 'the rule that takes this row out of the count'),
  column('excluded_reason', 'text', 'detail', 'what the rule saw'),
  column('unmatched', 'text', 'detail', 'joined tables that know nothing of this crash'),
  column('triaged', 'time', 'detail', 'when this row was made'),
  column('redzone_version', 'text', 'detail', 'by what'),
] as const satisfies readonly DatasetColumn[];

/** A row as it is stored: fixed and joined columns by name. */
export type DatasetRow = Readonly<Record<string, ColumnValue>>;
