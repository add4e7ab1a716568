// Builds small programs with what their debug files and stubs may look like, and records what binutils says of them. Needs gcc, clang, gold,
// gdb, objcopy, objdump, xz and zstd; run it by hand in this directory, never in the tests.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), 'module-samples-'));
const run = (command, ...args) => execFileSync(command, args, { cwd: work, maxBuffer: 1 << 26 }).toString();
const flags = [
  '-O1',
  '-fno-stack-protector',
  '-nostdlib',
  `-ffile-prefix-map=${work}=/src`,
  '-fno-asynchronous-unwind-tables',
];
for (const name of ['shop.c', 'goods.cpp', 'folded.cpp']) copyFileSync(join(here, name), join(work, name));

run('gcc', ...flags, '-shared', '-fPIC', 'goods.cpp', '-o', 'libgoods.so');
const link = ['shop.c', './libgoods.so'];

// Stubs in all their shapes.
const stubs = {
  lazy: ['-fcf-protection=none', '-Wl,-z,lazy'],
  now: ['-fcf-protection=none', '-Wl,-z,now'],
  ibt: ['-fcf-protection=full', '-Wl,-z,ibtplt,-z,lazy'],
  gold: ['-fcf-protection=none', '-fuse-ld=gold'],
};
const listed = {};
for (const [name, options] of Object.entries(stubs)) {
  run('gcc', ...flags, '-pie', '-fPIE', ...options, ...link, '-o', `plt-${name}`);
  listed[`plt-${name}`] = names(`plt-${name}`);
}
run('gcc', ...flags, '-shared', '-fPIC', '-fcf-protection=none', 'goods.cpp', '-o', 'plt-library');
listed['plt-library'] = names('plt-library');
// The address of an imported function beside calls of it: a stub in .plt.got.
writeFileSync(
  join(work, 'both.c'),
  'int price(int); int (*p)(int); void _start(void) { p = price; price(1); for (;;) ; }\n',
);
run('gcc', ...flags, '-pie', '-fPIE', '-fcf-protection=none', 'both.c', './libgoods.so', '-o', 'plt-got');
listed['plt-got'] = names('plt-got');
// A static program that resolves functions of its own.
writeFileSync(
  join(work, 'own.c'),
  'static int one(void) { return 1; } static int (*pick(void))(void) { return one; }\n' +
    'int chosen(void) __attribute__((ifunc("pick"))); void _start(void) { chosen(); for (;;) ; }\n',
);
run('gcc', ...flags, '-static', '-no-pie', '-fno-pie', '-fcf-protection=none', 'own.c', '-o', 'plt-static');
listed['plt-static'] = names('plt-static');

// Functions that share their code: folded by the linker, or aliases of each other. What gdb takes.
for (const [name, compiler, ...options] of [
  ['folded-gcc', 'gcc', '-ffunction-sections', '-fuse-ld=gold', '-Wl,--icf=all'],
  ['folded-clang', 'clang', '-ffunction-sections', '-fuse-ld=gold', '-Wl,--icf=all'],
  ['folded-not', 'gcc'],
]) {
  run(compiler, ...flags, '-g', '-static', '-no-pie', '-fno-pie', ...options, 'folded.cpp', '-o', name);
  listed[name] = functions(name);
}

// Separate debug files: with build ids and without.
for (const [name, id] of [
  ['byid', '-Wl,--build-id=sha1'],
  ['bycrc', '-Wl,--build-id=none'],
]) {
  run('gcc', ...flags, '-g', '-pie', '-fPIE', id, ...link, '-o', name);
  run('objcopy', '--only-keep-debug', name, `${name}.debug`);
  run('objcopy', '--strip-all', `--add-gnu-debuglink=${name}.debug`, name);
}
// The same, from another source: what somebody forgot to replace.
for (const [name, id] of [
  ['byid', '-Wl,--build-id=sha1'],
  ['bycrc', '-Wl,--build-id=none'],
]) {
  run('gcc', ...flags, '-g', '-O2', '-pie', '-fPIE', id, ...link, '-o', `${name}-other`);
  run('objcopy', '--only-keep-debug', `${name}-other`, `${name}-other.debug`);
}

// Mini-debuginfo, by the steps of the gdb manual.
run('gcc', ...flags, '-g', '-pie', '-fPIE', ...link, '-o', 'mini');
listed.mini = symbols('mini');
run('objcopy', '--only-keep-debug', 'mini', 'mini.debug');
writeFileSync(join(work, 'keep'), 'hidden\nlater\n_start\n');
run(
  'objcopy',
  '-S',
  '--remove-section',
  '.gdb_index',
  '--remove-section',
  '.comment',
  '--keep-symbols=keep',
  'mini.debug',
  'rest',
);
run('objcopy', '--strip-all', 'mini');
run('xz', '-k', 'rest');
run('objcopy', '--add-section', '.gnu_debugdata=rest.xz', 'mini');

const files = [
  'folded-gcc',
  'folded-clang',
  'folded-not',

  ...Object.keys(stubs).map((name) => `plt-${name}`),
  'plt-library',
  'plt-got',
  'plt-static',
  'byid',
  'byid.debug',
  'bycrc',
  'bycrc.debug',
  'byid-other.debug',
  'bycrc-other.debug',
  'mini',
];
writeFileSync(join(work, 'answers.json'), JSON.stringify(listed));
for (const file of [...files, 'answers.json'])
  run('zstd', '-q', '-f', '--ultra', '-22', file, '-o', join(here, `${file}.zst`));
rmSync(work, { recursive: true });

/** objdump's names of stubs: [link address, name]. */
function names(file) {
  const text = run('objdump', '-d', file);
  return [...text.matchAll(/^([0-9a-f]+) <(.*@plt)>:$/gm)].map(([, address, name]) => [parseInt(address, 16), name]);
}

function symbols(file) {
  const text = run('nm', file);
  return [...text.matchAll(/^([0-9a-f]+) [tT] (.*)$/gm)].map(([, address, name]) => [parseInt(address, 16), name]);
}

/** gdb's function and line at every address of the code. */
function functions(file) {
  const text = run('readelf', '-SW', file);
  const parts = [...text.matchAll(/ \.text\S* +PROGBITS +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)/g)];
  const script = parts
    .map(
      ([, start, size]) => `for pc in range(0x${start}, 0x${start} + 0x${size}):
  block = gdb.block_for_pc(pc)
  while block is not None and block.function is None: block = block.superblock
  print('@', pc, block.function.linkage_name if block else '?', gdb.find_pc_line(pc).line)`,
    )
    .join('\n');
  writeFileSync(join(work, 'ask.py'), script);
  const answers = run('gdb', '-batch', '-nx', '-x', 'ask.py', file);
  return [...answers.matchAll(/^@ (\d+) (\S+) (\d+)$/gm)].map(([, pc, name, line]) => [Number(pc), name, Number(line)]);
}
