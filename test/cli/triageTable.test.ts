import { expect, it } from 'vitest';
import { triageTable } from '../../src/cli/triageTable.js';
import type { CoreRow } from '../../src/shared/report.js';

it('looks through all paths once, however many rows it prints', () => {
  const paths = Array.from({ length: 400 }, (_, i) => `/cores/host-${i % 7}/core.${i}`);
  let looks = 0;
  const counted = new Proxy(paths, {
    get(target, property, receiver) {
      if (property === '0') looks++;
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
  const table = triageTable({ paths: counted, width: undefined, colour: false });
  const before = looks;
  expect(before).toBeGreaterThan(0);
  const rows = paths.map((source) => table.row({ source, status: 'unreadable', problems: [] } as unknown as CoreRow));
  expect(looks).toBe(before);
  expect(rows[8]).toMatch(/^host-1\/core\.8 +unreadable/);
});
