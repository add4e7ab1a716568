import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AZURITE_BLOB } from '../../scripts/setup/azurite.mjs';
import { azureStore } from '../../src/io/remote/azureStore.js';
import { ACCOUNT, Azurite, KEY } from './azurite.js';
import { listed, localRow, rowsIn, rowsOf, sample, triaged, withoutPlace } from './triaged.js';

const HOUR = 3_600_000;

describe.skipIf(!existsSync(AZURITE_BLOB))('Azure Blob storage (Azurite; `npm test -- remote` installs it)', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await Azurite.start();
    await azurite.makeContainer('cores');
    await azurite.makeContainer('empty');
    await azurite.upload('cores', 'a/race.core', sample('race-default').bytes);
    await azurite.upload('cores', 'a/b c+d%20ü/core.7', sample('null-deep').bytes);
    await azurite.upload('cores', 'a/unnamed', sample('shift-fp').bytes);
    await azurite.upload('cores', 'a/readme.txt', Buffer.from('hello'));
    await azurite.upload('cores', 'ab.core', sample('abort').bytes);
    await azurite.upload('cores', 'empty.core', new Uint8Array(0));
  });
  afterAll(async () => {
    await azurite.stop();
  });
  beforeEach(() => {
    vi.unstubAllEnvs();
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', azurite.connectionString);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it('gives the rows of the same cores on disk, by account key', async () => {
    const items = await triaged(['az://cores/a/']);
    const rows = new Map(rowsIn(items).map((row) => [row.source, row]));
    expect([...rows.keys()]).toEqual([
      'az://cores/a/b c+d%20ü/core.7',
      'az://cores/a/race.core',
      'az://cores/a/unnamed',
    ]);
    const names = ['null-deep', 'race-default', 'shift-fp'];
    [...rows.values()].forEach((row, i) => {
      expect(withoutPlace(row)).toEqual(localRow(names[i] ?? ''));
      expect(row.timeSource).toBe('object');
      expect(row.requests).toBeGreaterThan(1);
      expect(row.bytesRead).toBeLessThan(row.size / 2);
    });
    expect(items.filter(({ kind }) => kind === 'passedOver')).toHaveLength(1);
  });

  it('takes a name for itself, not for what begins like it', async () => {
    expect((await rowsOf('az://cores/ab.core')).map(({ source }) => source)).toEqual(['az://cores/ab.core']);
    const folder = await rowsOf('az://cores/a');
    expect(folder.map(({ source }) => source)).not.toContain('az://cores/ab.core');
    expect(folder).toHaveLength(3);
  });

  it('goes on with a listing page by page', async () => {
    const settings = { account: ACCOUNT, endpoint: azurite.endpoint, key: KEY, pageSize: 2 };
    const store = azureStore('az://cores', settings);
    const found: string[] = [];
    for await (const { source } of store.list()) found.push(source);
    store.close();
    expect(found).toHaveLength(6);
    expect(new Set(found).size).toBe(6);
  });

  it('reads by a shared access signature and never shows it', async () => {
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', `BlobEndpoint=${azurite.endpoint};AccountName=devstoreaccount1`);
    const signature = azurite.signature('cores', new Date(Date.now() + HOUR));
    const rows = await rowsOf(`${azurite.endpoint}/cores/a/race.core?${signature}`);
    expect(rows).toMatchObject([{ source: `${azurite.endpoint}/cores/a/race.core`, status: 'ok' }]);
    const secret = new URLSearchParams(signature).get('sig') ?? '';
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(encodeURIComponent(secret));
  });

  it('says in one sentence what is wrong with credentials and names', async () => {
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', `BlobEndpoint=${azurite.endpoint};AccountName=devstoreaccount1`);
    const expired = azurite.signature('cores', new Date(Date.now() - HOUR));
    expect(await listed(`${azurite.endpoint}/cores/?${expired}`)).toEqual([
      {
        kind: 'unreadable',
        path: `${azurite.endpoint}/cores/`,
        reason: 'the shared access signature has expired: get a new one and run it again',
      },
    ]);
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', azurite.connectionString.replace('Eby8', 'Xby8'));
    expect(await listed('az://cores/')).toMatchObject([
      { reason: expect.stringMatching(/^the (server does not accept|credentials do not allow)/) as string },
    ]);
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', azurite.connectionString);
    expect(await listed('az://nowhere/')).toMatchObject([
      { reason: 'there is no container "nowhere" in the storage account' },
    ]);
    expect(await listed('az://empty/')).toMatchObject([{ kind: 'unreadable', reason: 'nothing lies there' }]);
    expect(await rowsOf('az://cores/gone.core', 'az://cores/empty.core')).toMatchObject([
      { status: 'unreadable', problems: [{ code: 'not-found', message: 'there is no such blob in the container' }] },
      { status: 'unreadable', problems: [{ code: 'empty' }] },
    ]);
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', '');
    expect(await listed('az://cores/')).toMatchObject([
      { reason: expect.stringMatching(/^the storage account is not known/) as string },
    ]);
  });
});
