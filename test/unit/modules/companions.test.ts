import { afterEach, describe, expect, it } from 'vitest';
import type { InlineFrame } from '../../../src/engine/dwarf/debugInfo.js';
import type { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { localCompanions } from '../../../src/session/companionPaths.js';
import type { OpenOptions } from '../../../src/session/coreSession.js';
import { ImageCache } from '../../../src/session/imageCache.js';
import { answers, dwarfSample, dwarfSamples, TestFolder } from './samples.js';

/** What llvm-symbolizer says: runs of addresses with one answer. */
interface Answers {
  readonly llvm: readonly (readonly [number, string])[];
}

const folders: TestFolder[] = [];
const caches: ImageCache[] = [];
afterEach(() => {
  for (const cache of caches.splice(0)) cache.dispose();
  for (const folder of folders.splice(0)) folder.dispose();
});

function folder(): TestFolder {
  const made = new TestFolder();
  folders.push(made);
  return made;
}

function open(path: string, options: OpenOptions = {}): ModuleImage {
  const images = new ImageCache();
  caches.push(images);
  const image = images.open(path, localCompanions(options, images));
  if (image === undefined) throw new Error(`${path} cannot be opened`);
  return image;
}

function text(frames: readonly InlineFrame[] | undefined): string {
  return (frames ?? [{}])
    .map((frame: Partial<InlineFrame>) => {
      const name = frame.linkageName ?? frame.function ?? '??';
      return `${name} ${(frame.file ?? '??').replace(/^(\.\/)+/, './')}:${frame.line ?? 0}`;
    })
    .join('\n');
}

/** How many of the recorded runs get the recorded answer. */
function agreement(image: ModuleImage, variant: string): { readonly agreed: number; readonly of: number } {
  const { llvm } = answers(`${variant}.json`, dwarfSample) as Answers;
  let agreed = 0;
  for (const [address, answer] of llvm) {
    const lines = answer.split('\n');
    const expected = [];
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const place = (lines[i + 1] ?? '').replace(/:\d+$/, '').replace(/^(\.\/)+/, './');
      expected.push(`${lines[i] ?? ''} ${place}`);
    }
    if (text(image.debugInfo?.locate(BigInt(address))) === expected.join('\n')) agreed++;
  }
  return { agreed, of: llvm.length };
}

describe('split debug information', () => {
  const variants = ['gccsplit4', 'gccsplit5', 'clangsplit4', 'clangpackage5'];

  it.each(variants)('of %s is found beside the binary', (variant) => {
    const here = folder();
    for (const name of dwarfSamples(variant)) here.write(name, dwarfSample(name));
    const image = open(`${here.path}/${variant}`);
    const { agreed, of } = agreement(image, variant);
    expect(agreed).toBe(of);
    expect(image.refused).toEqual([]);
  });

  it.each(variants)('of %s is found in a folder of debug files', (variant) => {
    const [here, debug] = [folder(), folder()];
    for (const name of dwarfSamples(variant)) (name === variant ? here : debug).write(name, dwarfSample(name));
    const { agreed, of } = agreement(open(`${here.path}/${variant}`, { debugDirs: [debug.path] }), variant);
    expect(agreed).toBe(of);
  });

  it('of another build is refused and named; the right one further on is used', () => {
    const [here, debug] = [folder(), folder()];
    here.write('gccsplit5', dwarfSample('gccsplit5'));
    const wrong = here.write('gccsplit5-sample.cpp.dwo', dwarfSample('gccsplit4-sample.cpp.dwo'));
    const alone = open(`${here.path}/gccsplit5`);
    expect(agreement(alone, 'gccsplit5').agreed).toBeGreaterThan(0);
    expect(alone.refused).toEqual([`${wrong} is not the split debug file that ${here.path}/gccsplit5 was built with`]);
    for (const name of dwarfSamples('gccsplit5-')) debug.write(name, dwarfSample(name));
    const { agreed, of } = agreement(open(`${here.path}/gccsplit5`, { debugDirs: [debug.path] }), 'gccsplit5');
    expect(agreed).toBe(of);
  });

  it('that is damaged leaves lines', () => {
    const here = folder();
    here.write('gccsplit5', dwarfSample('gccsplit5'));
    const bytes = dwarfSample('gccsplit5-sample.cpp.dwo');
    here.write('gccsplit5-sample.cpp.dwo', bytes.slice(0, bytes.length / 2));
    const image = open(`${here.path}/gccsplit5`);
    const { llvm } = answers('gccsplit5.json', dwarfSample) as Answers;
    const lines = llvm.filter(([address]) => image.debugInfo?.locate(BigInt(address))?.[0]?.line !== undefined);
    expect(lines.length).toBeGreaterThan(llvm.length / 2);
  });
});

describe('what dwz moved out', () => {
  it.each(['beside the binary', 'in a folder of debug files', 'in its .dwz folder'])('is found %s', (place) => {
    const [here, debug] = [folder(), folder()];
    here.write('dwza', dwarfSample('dwza'));
    const inDebug = place !== 'beside the binary';
    if (place === 'in its .dwz folder') {
      debug.makeFolder('.dwz');
      debug.write('.dwz/dwzcommon', dwarfSample('dwzcommon'));
    } else (inDebug ? debug : here).write('dwzcommon', dwarfSample('dwzcommon'));
    const image = open(`${here.path}/dwza`, inDebug ? { debugDirs: [debug.path] } : {});
    const { agreed, of } = agreement(image, 'dwza');
    expect(agreed).toBe(of);
  });

  it('is refused and named when its build id is another', () => {
    const here = folder();
    here.write('dwza', dwarfSample('dwza'));
    const common = dwarfSample('dwzcommon').slice();
    const note = Buffer.from(common).indexOf('GNU\0');
    common[note + 4] = (common[note + 4] ?? 0) ^ 0xff;
    const wrong = here.write('dwzcommon', common);
    const image = open(`${here.path}/dwza`);
    const { agreed, of } = agreement(image, 'dwza');
    expect(agreed).toBeLessThan(of);
    expect(image.refused).toHaveLength(1);
    expect(image.refused[0]).toMatch(`${wrong} is not the shared debug file of ${here.path}/dwza`);
  });
});
