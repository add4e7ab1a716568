import { describe, expect, it } from 'vitest';
import { CASE, NEITHER, OTHER } from '../../../../src/population/microscope/cohort.js';
import { microscope } from '../../../../src/population/microscope/microscope.js';
import { WordTableBuilder } from '../../../../src/population/microscope/wordTable.js';
import { seededRandom, type Random } from '../../../../src/population/statistics/random.js';

type Core = Readonly<Record<string, string>>;

function look(cores: readonly Core[], cohort: readonly number[], episode: readonly number[] = cores.map((_, i) => i)) {
  const builder = new WordTableBuilder({ mostOfStratum: 1e6, stratum: () => 0 });
  cores.forEach((core, row) => {
    builder.add(row, { register_words: JSON.stringify(core) });
  });
  const words = builder.finish();
  const cohorts = { of: Uint8Array.from(cohort), episodes: words.rows.map((row) => episode[row] ?? -1) };
  return microscope(words, cohorts, { selection: 'these', against: 'those' });
}

/** A process whose words depend on each other as those of real stacks do, and not on any cohort. */
function randomCore(random: Random): Core {
  const path = Math.floor(random() * 4);
  const core: Record<string, string> = {};
  for (let slot = 0; slot < 40; slot++) {
    const dice = random();
    if (slot % 3 === 0) core[`s${slot}`] = dice < 0.8 ? `code lib.so+0x${path}${slot}` : 'zero';
    else if (slot % 3 === 1) core[`s${slot}`] = dice < 0.5 ? 'zero' : dice < 0.9 ? `number ${path}` : 'stack +0x40';
    else core[`s${slot}`] = `heap 0x${Math.floor(random() * 1e12).toString(16)}`;
  }
  return core;
}

const cohortsOf = (count: number, cases: number) => Array.from({ length: count }, (_, i) => (i < cases ? CASE : OTHER));

describe('the microscope', () => {
  it('says what a slot holds here and elsewhere, and folds what follows from it', () => {
    const random = seededRandom(5);
    const cores = Array.from({ length: 300 }, (_, i): Core => {
      const core = randomCore(random);
      // What makes them cases, and a register that only repeats it.
      const zeroed = i < 60 || i % 50 === 0;
      return { ...core, '[rsp-8]': zeroed ? 'zero' : 'code lib.so+0x99', rip: zeroed ? 'zero' : 'code lib.so+0x99' };
    });
    const report = look(cores, cohortsOf(300, 60));
    const [first, ...more] = report.marks;
    expect(first).toMatchObject({ word: 'zero', inside: { cases: 60, of: 60 }, outside: { cases: 4, of: 240 } });
    expect(first?.text).toMatch(
      /^(rip|\[rsp-8\]) is zero in 100 % of these \(60 of 60\) and in 1\.7 % of the others \(4 of 240\); p < 1e-\d+\.$/,
    );
    expect(first?.alsoSeenAs.map(({ position }) => position)).toEqual([first?.position === 'rip' ? '[rsp-8]' : 'rip']);
    expect(more).toEqual([]);
  });

  it('tells two things apart that do not follow from each other', () => {
    const random = seededRandom(6);
    const cores = Array.from({ length: 400 }, (_, i): Core => {
      const mark = (often: number) => (random() < (i < 100 ? often : 0.1) ? 'zero' : 'number 1');
      return { ...randomCore(random), a: mark(0.8), b: mark(0.7) };
    });
    const { marks } = look(cores, cohortsOf(400, 100));
    expect(marks.map(({ position }) => position).sort()).toEqual(['a', 'b']);
  });

  it('raises a false alarm in at most 5 % of looks at cohorts that differ in nothing', () => {
    const random = seededRandom(7);
    let alarms = 0;
    const looks = 200;
    for (let i = 0; i < looks; i++) {
      const count = 20 + Math.floor(random() * 120);
      const cores = Array.from({ length: count }, () => randomCore(random));
      const cohort = cores.map(() => (random() < 0.3 ? CASE : OTHER));
      if (look(cores, cohort).marks.length > 0) alarms++;
    }
    // 10 of 200 are allowed on average; more than 16 come by chance once in 50.
    expect(alarms).toBeLessThanOrEqual(16);
  }, 60_000);

  it('counts the crashes of one episode as one', () => {
    const random = seededRandom(8);
    const cores = Array.from({ length: 200 }, (_, i): Core => ({
      ...randomCore(random),
      rip: i < 40 ? 'zero' : 'code a+0x1',
    }));
    const cohort = cohortsOf(200, 40);
    expect(look(cores, cohort).marks.map(({ text }) => text)).toEqual([
      expect.stringContaining('rip is zero in 100 % of these (40 of 40) and in 0 % of the others (0 of 160)'),
    ]);
    // The same forty crashes, in two loops: as good as two crashes, of which one in so many pairs looks like this.
    const loops = cores.map((_, i) => (i < 40 ? i % 2 : i));
    const report = look(cores, cohort, loops);
    expect(report.marks[0]?.p).toBeCloseTo(1 / ((162 * 161) / 2), 12);
    expect(report.cases).toEqual({ crashes: 40, withWords: 40, episodes: 2 });
    expect(report.notes.join()).toContain('40 chosen crashes are 2 episodes');
  });

  it('leaves out what is of neither cohort, and never counts a missing slot as zero', () => {
    const cores: Core[] = [{ a: 'zero' }, { a: 'zero' }, {}, { b: 'zero' }, { a: 'number 5' }, { a: 'number 6' }];
    const report = look(cores, [CASE, CASE, CASE, CASE, OTHER, NEITHER]);
    const a = report.positions.find(({ position }) => position === 'a');
    expect(a?.cases).toMatchObject({ known: 2, zero: 2 });
    expect(a?.others).toMatchObject({ known: 1, zero: 0, classes: { number: 1 } });
  });

  it('gives classes, repeated words and entropy', () => {
    const words = ['heap 0x1', 'heap 0x2', 'heap 0x3', 'heap 0x4', 'number 7', 'number 7', 'number 7', 'number 7'];
    const report = look(
      words.map((a) => ({ a })),
      words.map(() => CASE),
    );
    const [profile] = report.positions;
    expect(profile?.cases).toMatchObject({
      classes: { heap: 4, number: 4 },
      repeated: { word: 'number 7', cores: 4 },
    });
    // Half of them one word, the others all different: 1/2 * 1 + 4 * 1/8 * 3.
    expect(profile?.cases.entropy).toBeCloseTo(2, 10);
  });

  it('says how to get words where there are none', () => {
    expect(look([{}, {}], [CASE, OTHER]).notes).toEqual([
      'This data set keeps no registers and no stack: make it with redzone triage --dataset DIR --keep-stack 512.',
    ]);
  });
});
