import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeFiles } from '../../../../src/session/annotations/mergeAnnotations.js';
import type {
  AnnotatedCore,
  Annotation,
  AnnotationFile,
  DeletedAnnotation,
} from '../../../../src/shared/annotations.js';

const time = fc.integer({ min: 0, max: 4 }).map((second) => `2026-01-01T00:00:0${second}.000Z`);
const version = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  revision: fc.integer({ min: 1, max: 4 }),
  author: fc.constantFrom('ann', 'bob'),
  changed: time,
});
const annotation: fc.Arbitrary<Annotation> = version.chain((base) =>
  fc
    .record({ text: fc.constantFrom('x', 'y'), mark: fc.constantFrom('suspicious' as const, 'noted' as const) })
    .map((rest): Annotation => ({ ...base, ...rest, target: { slot: '0x10' }, created: '2026-01-01T00:00:00.000Z' })),
);
const once = <T extends { id: string }>(items: readonly T[]): T[] => [
  ...new Map(items.map((item) => [item.id, item])).values(),
];
const core: fc.Arbitrary<AnnotatedCore> = fc
  .record({ annotations: fc.array(annotation, { maxLength: 3 }), deleted: fc.array(version, { maxLength: 3 }) })
  .map(({ annotations, deleted }) => {
    const gone: DeletedAnnotation[] = once(deleted);
    const left = once(annotations).filter(({ id }) => gone.every((other) => other.id !== id));
    return { identity: 'sha256:1', about: 'x', annotations: left, deleted: gone };
  });
const file: fc.Arbitrary<AnnotationFile> = core.map((one) =>
  mergeFiles({ schema: 1, cores: [one] }, { schema: 1, cores: [] }),
);

describe('merging what two windows wrote', () => {
  it('gives the same in whatever order and how often it is done', () => {
    fc.assert(
      fc.property(file, file, file, (a, b, c) => {
        const ab = mergeFiles(a, b);
        expect(mergeFiles(b, a)).toEqual(ab);
        expect(mergeFiles(ab, b)).toEqual(ab);
        expect(mergeFiles(mergeFiles(a, b), c)).toEqual(mergeFiles(a, mergeFiles(b, c)));
      }),
    );
  });

  it('keeps every annotation that only one side knows, and what was deleted later stays deleted', () => {
    fc.assert(
      fc.property(file, file, (a, b) => {
        const versions = (one: AnnotationFile) => one.cores.flatMap((each) => [...each.annotations, ...each.deleted]);
        const merged = versions(mergeFiles(a, b));
        for (const each of [...versions(a), ...versions(b)]) {
          const kept = merged.find(({ id }) => id === each.id);
          expect(kept?.revision).toBeGreaterThanOrEqual(each.revision);
        }
        for (const gone of a.cores.flatMap(({ deleted }) => deleted)) {
          const other = versions(b).find(({ id }) => id === gone.id);
          if (other === undefined || other.revision < gone.revision)
            expect(mergeFiles(a, b).cores[0]?.annotations.some(({ id }) => id === gone.id)).toBe(false);
        }
      }),
    );
  });

  it('keeps cores apart', () => {
    const one = (identity: string): AnnotationFile => ({
      schema: 1,
      cores: [{ identity, about: identity, annotations: [], deleted: [] }],
    });
    expect(mergeFiles(one('sha256:b'), one('sha256:a')).cores.map(({ identity }) => identity)).toEqual([
      'sha256:a',
      'sha256:b',
    ]);
  });
});
