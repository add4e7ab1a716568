/** Extended attributes that systemd-coredump puts on its files, without `user.coredump.` (systemd-coredump(8)). */
export type CoredumpAttributes = Readonly<Record<string, string>>;

const MOST_OUTPUT = 16 << 20;
const PATIENCE = 20_000;

/**
 * The attributes of many files at once. Node cannot ask for them, so getfattr does (attr(5)); where it is not installed, or the file
 * system has none, nothing is known.
 */
export function coredumpAttributes(paths: readonly string[]): ReadonlyMap<string, CoredumpAttributes> {
  const found = new Map<string, CoredumpAttributes>();
  if (paths.length === 0) return found;
  const options = [
    '--absolute-names',
    '--no-dereference',
    '-d',
    '-m',
    String.raw`^user\.coredump\.`,
    '-e',
    'hex',
    '--',
  ];
  // Loaded when asked for: it takes a good part of the time that labelling one core does.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stdout, error } = spawnSync('getfattr', [...options, ...paths], {
    encoding: 'latin1',
    maxBuffer: MOST_OUTPUT,
    timeout: PATIENCE,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Without the program there is no output at all.
  if (error !== undefined) return found;
  for (const block of stdout.split('\n\n')) {
    const [, path] = /^# file: (.*)$/m.exec(block) ?? [];
    if (path === undefined) continue;
    const attributes: Record<string, string> = {};
    for (const [, name = '', hex = ''] of block.matchAll(/^user\.coredump\.(\w+)=0x([0-9a-f]*)$/gm))
      attributes[name] = Buffer.from(hex, 'hex').toString('utf8').replace(/\0$/, '');
    found.set(unescaped(path), attributes);
  }
  return found;
}

/** getfattr writes bytes that do not print as `\ooo`. */
function unescaped(path: string): string {
  const bytes = path.replace(/\\(\\|[0-7]{3})/g, (_, code: string) =>
    code === '\\' ? '\\' : String.fromCharCode(parseInt(code, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
