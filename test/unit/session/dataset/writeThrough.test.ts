import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatasetError } from '../../../../src/session/dataset/datasetError.js';
import { DatasetWriter } from '../../../../src/session/dataset/datasetWriter.js';
import { PARTS_HERE } from '../../../../src/session/dataset/partFile.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redzone-through-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a data set that others are to write from now on', () => {
  it('starts them only when what it holds is written, so that a failure leaves nobody behind', async () => {
    const place = join(folder, 'file');
    writeFileSync(place, 'a file where the folder should be');
    const writer = new DatasetWriter(place);
    writer.add({ id: '0', label: 'other' });
    let started = 0;
    const start = () => {
      started++;
      return PARTS_HERE;
    };
    expect(() => {
      writer.writeThrough(start);
    }).toThrow(DatasetError);
    expect(started).toBe(0);
    await expect(writer.close()).rejects.toThrow(DatasetError);
  });

  it('starts them once otherwise, and waits for them at the end', async () => {
    const told: string[] = [];
    const writer = new DatasetWriter(join(folder, 'set'));
    writer.writeThrough(() => ({
      ...PARTS_HERE,
      waiting: 5,
      open: (path, columns, metadata) => {
        told.push('open');
        return PARTS_HERE.open(path, columns, metadata);
      },
      settled: () => Promise.reject(new Error('full')),
      close: () => {
        told.push('close');
        return Promise.resolve();
      },
    }));
    writer.add({ id: '1', label: 'other' });
    expect(writer.isBehind).toBe(true);
    await expect(writer.caughtUp()).rejects.toThrow(/set: full$/);
    await writer.close();
    expect(told).toEqual(['open', 'close']);
  });
});
