import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { BAD_HOST, sampleFleet } from '../../webview/population/sampleFleet.js';
import { sampleRows } from '../../webview/population/sampleRows.js';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

const TABLE = 'fleet.cores.ndjson';

describe('a table of crashes in the workbench', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    const folder = await prepareWorkspace();
    // The first row names a core that lies in the workspace, as a command line there would name it.
    const rows = sampleRows(sampleFleet(1200), { 0: { source: 'null-deep/null-deep.core' } });
    writeFileSync(path.join(folder, TABLE), rows);
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: inCheckout(),
      // As a reader has it who chose the page once and for all.
      userSettings: { 'workbench.editorAssociations': { '*.cores.ndjson': 'redzone.population' } },
    });
    await workbench.openFile(TABLE);
  });

  afterAll(async () => {
    await workbench.close();
  });

  it('shows the findings', async () => {
    const findings = workbench.webview.getByTestId('findings');
    await findings.waitFor();
    const text = await findings.innerText();
    expect(text).toContain(BAD_HOST);
    expect(text).toContain('4.12.0');
    await workbench.screenshot('population');
  });

  it('opens a core from the list', async () => {
    const list = workbench.webview.getByRole('grid', { name: 'Crashes' });
    await list.focus();
    await list.press('ArrowDown');
    await list.press('Enter');
    await workbench.page.locator('.tab', { hasText: 'null-deep.core' }).waitFor();
  });

  it('asks no other machine for anything', () => {
    expect([...workbench.blocked]).toEqual([]);
  });
});
