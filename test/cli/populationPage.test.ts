import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleFleet } from '../webview/population/sampleFleet.js';
import { sampleRows } from '../webview/population/sampleRows.js';
import { ensureBuilt } from './builtCommand.js';
import { redzone } from './runCommand.js';

describe('redzone population --html', () => {
  let folder: string;
  beforeAll(() => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'redzone-page-'));
    writeFileSync(join(folder, 'fleet.ndjson'), sampleRows(sampleFleet(300)));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('writes one file whose policy lets it load nothing', async () => {
    const page = join(folder, 'page.html');
    const { status, stdout } = await redzone(['population', join(folder, 'fleet.ndjson'), '--html', page]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const html = readFileSync(page, 'utf8');
    expect(html).toContain("default-src 'none'; script-src 'sha256-");
    expect(html.match(/\s(src|href)="/g)).toBeNull();
  });

  it('says in one sentence where it cannot write', async () => {
    const page = join(folder, 'no/such/folder/page.html');
    const { status, stderr } = await redzone(['population', join(folder, 'fleet.ndjson'), '--html', page]);
    expect(status).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('cannot be written');
  });
});
