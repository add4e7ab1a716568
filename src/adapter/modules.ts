import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import type { ModuleRow } from '../shared/report.js';
import type { DebugTarget } from './debugTarget.js';
import type { RequestArguments } from './requestArguments.js';

const ALL = 10_000;

/** The loaded modules with the build ids that decide which files answer for them. */
export async function modules(
  target: DebugTarget,
  args: RequestArguments,
): Promise<DebugProtocol.ModulesResponse['body']> {
  const from = args.optionalCount('startModule') ?? 0;
  // Zero means all, as absence does.
  const count = args.optionalCount('moduleCount') ?? 0;
  const page = await target.core.ask('modules', { from, count: count === 0 ? ALL : count });
  return { modules: page.items.map(present), totalModules: page.total };
}

/** Columns of the modules view beyond the protocol's own. */
export const MODULE_COLUMNS: readonly DebugProtocol.ColumnDescriptor[] = [
  { attributeName: 'buildId', label: 'Build ID', type: 'string' },
  { attributeName: 'binaryStatus', label: 'Binary', type: 'string' },
];

type PresentedModule = DebugProtocol.Module & Pick<ModuleRow, 'buildId' | 'binaryStatus'>;

function present(row: ModuleRow): PresentedModule {
  return {
    id: row.path,
    name: basename(row.path),
    path: row.binary ?? row.path,
    addressRange: `${row.start}-${row.end}`,
    symbolStatus: symbolStatus(row),
    binaryStatus: row.binaryStatus,
    ...(row.buildId === undefined ? {} : { buildId: row.buildId }),
    ...(row.debugFile === undefined ? {} : { symbolFilePath: row.debugFile }),
  };
}

function symbolStatus({ binaryStatus, symbols }: ModuleRow): string {
  if (binaryStatus === 'missing') return 'no file found';
  if (binaryStatus === 'mismatch') return 'refused: another build id';
  const status = { debug: 'debug information', symtab: 'symbol table', dynsym: 'dynamic symbols', none: 'no symbols' };
  return status[symbols];
}
