// Builds the sample in every dialect of DWARF and records what other readers say about it. Needs gcc, clang, gold, dwz, zstd,
// llvm-symbolizer, llvm-dwp, eu-addr2line and readelf; run it by hand in this directory, never in the tests.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), 'dwarf-sample-'));
const sources = ['sample.cpp', 'other.cpp', 'plain.c', 'entry.S'];
const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: work, maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'pipe'], ...options });

const variants = {
  gcc2: ['gcc', '-gdwarf-2', '-gno-as-locview-support', '-gstrict-dwarf'],
  gcc4: ['gcc', '-gdwarf-4'],
  gcc5: ['gcc', '-gdwarf-5'],
  gcc64: ['gcc', '-gdwarf-5', '-gdwarf64'],
  gccO0: ['gcc', '-gdwarf-5', '-O0'],
  gccz: ['gcc', '-gdwarf-5', '-gz'],
  gcclto: ['gcc', '-gdwarf-5', '-flto', '-flto-partition=none'],
  gccframe: ['gcc', '-gdwarf-4', '-fno-asynchronous-unwind-tables', '-fno-exceptions'],
  gccsplit4: ['gcc', '-gdwarf-4', '-gsplit-dwarf'],
  gccsplit5: ['gcc', '-gdwarf-5', '-gsplit-dwarf'],
  clang2: ['clang', '-gdwarf-2'],
  clang4: ['clang', '-gdwarf-4'],
  clang5: ['clang', '-gdwarf-5'],
  clangsections: ['clang', '-gdwarf-5', '-ffunction-sections', '-fuse-ld=gold', '-Wl,--gc-sections', '-Wl,--icf=all'],
  clangsplit4: ['clang', '-gdwarf-4', '-gsplit-dwarf', '-fno-split-dwarf-inlining'],
  clangpackage5: ['clang', '-gdwarf-5', '-gsplit-dwarf', '-fno-split-dwarf-inlining'],
};

for (const source of sources) copyFileSync(join(here, source), join(work, source));
for (const name of readdirSync(here)) if (name.endsWith('.zst')) rmSync(join(here, name));
for (const [name, [compiler, ...options]] of Object.entries(variants)) build(name, compiler, options);
dwz();
rmSync(work, { recursive: true });

function build(name, compiler, options) {
  const lto = options.includes('-flto');
  const linkOnly = options.filter((option) => option.startsWith('-Wl') || option.startsWith('-fuse'));
  // No path of this machine; relative where the readers have to find the split files.
  const directory = `-ffile-prefix-map=${work}=${options.includes('-gsplit-dwarf') ? '.' : '/src'}`;
  const compile = ['-O2', directory, '-fno-stack-protector', '-fcf-protection=none', '-fno-pic'];
  const flags = [...compile, ...options.filter((option) => !linkOnly.includes(option))];
  const objects = sources.map((source) => `${name}-${source}.o`);
  sources.forEach((source, i) => {
    const language = source.endsWith('.cpp') ? ['-fno-rtti', '-fno-threadsafe-statics', '-std=c++17'] : [];
    // Assemblers do not split, and write their own line tables.
    const assembly = source.endsWith('.S');
    const own = assembly ? ['-gdwarf-4', directory] : flags;
    run(assembly ? 'gcc' : compiler, [...own, ...language, '-c', source, '-o', objects[i]]);
  });
  run(compiler, [
    ...(lto ? flags : []),
    ...linkOnly,
    ...options.filter((option) => option === '-gz'),
    '-nostdlib',
    '-static',
    '-no-pie',
    ...objects,
    '-Wl,--eh-frame-hdr',
    '-o',
    name,
  ]);
  const files = [name];
  if (options.includes('-gsplit-dwarf')) {
    const split = readdirSync(work).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.dwo'));
    if (name.includes('package')) {
      run('llvm-dwp', ['-e', name, '-o', `${name}.dwp`]);
      files.push(`${name}.dwp`);
    } else files.push(...split);
  }
  // llvm-symbolizer loses the ranges of inlined calls in split files by gcc; the code is that of the whole program.
  if (name.startsWith('gccsplit')) record(name, files, `gcc${name.slice(-1)}`);
  else record(name, files);
}

/** Two programs with their common part moved to a third file. */
function dwz() {
  for (const copy of ['dwza', 'dwzb'])
    copyFileSync(join(work, copy === 'dwza' ? 'gcc4' : 'gccframe'), join(work, copy));
  run('dwz', ['-m', 'dwzcommon', 'dwza', 'dwzb']);
  record('dwza', ['dwza', 'dwzcommon'], 'gcc4');
}

function record(name, files, answersOf = name) {
  if (!name.startsWith('dwz')) {
    // Without symbols, so that every name in the answers is from DWARF.
    const bare = `${name}.bare`;
    run('objcopy', ['-w', '--strip-symbol=*', name, bare]);
    copyFileSync(join(work, bare), join(work, name));
  }
  const code = (file) => {
    run('objcopy', ['-O', 'binary', '-j', '.text', file, 'code']);
    return readFileSync(join(work, 'code'));
  };
  if (!code(name).equals(code(answersOf))) throw new Error(`${name} and ${answersOf} are not the same program`);
  const [start, end] = textRange(answersOf);
  const addresses = Array.from({ length: end - start }, (_, i) => `0x${(start + i).toString(16)}`);
  const own = (runs) => (name.includes('split') ? JSON.parse(JSON.stringify(runs).replaceAll('/src/', './')) : runs);
  const answers = {
    llvm: own(merged(start, llvm(answersOf, addresses))),
    ...(name.startsWith('gcc') ? { elfutils: own(merged(start, elfutils(answersOf, addresses))) } : {}),
    frames: run('readelf', ['--debug-dump=frames-interp', '-W', answersOf]).toString('latin1'),
  };
  writeFileSync(join(work, `${name}.json`), JSON.stringify(answers));
  for (const file of [...files, `${name}.json`]) {
    if (!existsSync(join(work, file))) throw new Error(`${file} was not made`);
    run('zstd', ['-q', '-f', '--ultra', '-22', file, '-o', join(here, `${file}.zst`)]);
  }
}

function textRange(name) {
  const line = run('readelf', ['-SW', name])
    .toString()
    .split('\n')
    .find((text) => / \.text /.test(text));
  const [, address, , size] = / PROGBITS +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)/.exec(line);
  return [parseInt(address, 16), parseInt(address, 16) + parseInt(size, 16)];
}

function llvm(name, addresses) {
  const text = run('llvm-symbolizer', ['-e', name, '--no-demangle', '--inlining'], {
    input: addresses.join('\n') + '\n',
  });
  return text.toString().replaceAll('././', './').trimEnd().split('\n\n');
}

function elfutils(name, addresses) {
  const text = run('eu-addr2line', ['-e', name, '-i', '-f', '-a', '-A'], {
    input: addresses.join('\n') + '\n',
  }).toString();
  const groups = [];
  for (const line of text.split('\n')) {
    if (/^0x[0-9a-f]{16}$/.test(line)) groups.push([]);
    else if (line !== '') groups.at(-1).push(line);
  }
  return groups.map((lines) => lines.join('\n'));
}

/** Runs of addresses with the same answer: [first address, answer]. */
function merged(start, answers) {
  const runs = [];
  answers.forEach((answer, i) => {
    if (answer !== answers[i - 1]) runs.push([start + i, answer]);
  });
  return runs;
}
