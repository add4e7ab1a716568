import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSwiftInstalled } from '../../scripts/setup/swift.mjs';
import { s3Store } from '../../src/io/remote/s3Store.js';
import { ACCESS_KEY, SECRET_KEY, Swift } from './swift.js';
import { listed, localRow, rowsIn, rowsOf, sample, triaged, withoutPlace } from './triaged.js';

describe.skipIf(!isSwiftInstalled())(
  'S3 (OpenStack Swift; `npm test -- remote` installs it on Debian, as root)',
  () => {
    let swift: Swift;

    beforeAll(async () => {
      swift = await Swift.start();
      await swift.makeBucket('cores');
      await swift.makeBucket('empty');
      await swift.upload('cores', 'a/race.core', sample('race-default').bytes);
      await swift.upload('cores', 'a/b c+d%20ü=&/core.7', sample('null-deep').bytes);
      await swift.upload('cores', 'a/unnamed', sample('shift-fp').bytes);
      await swift.upload('cores', 'a/readme.txt', Buffer.from('hello'));
      await swift.upload('cores', 'ab.core', sample('abort').bytes);
      await swift.upload('cores', 'empty.core', new Uint8Array(0));
    });
    afterAll(async () => {
      await swift.stop();
    });
    beforeEach(() => {
      const settings = {
        AWS_ENDPOINT_URL: swift.endpoint,
        AWS_ACCESS_KEY_ID: ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: SECRET_KEY,
        AWS_REGION: 'us-east-1',
        AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
        AWS_CONFIG_FILE: '/nowhere',
        GS_ENDPOINT_URL: swift.endpoint,
        GS_ACCESS_KEY_ID: ACCESS_KEY,
        GS_SECRET_ACCESS_KEY: SECRET_KEY,
      };
      for (const name of ['AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ENDPOINT_URL_S3', 'AWS_DEFAULT_REGION'])
        vi.stubEnv(name, undefined);
      for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    });
    afterEach(() => {
      vi.unstubAllEnvs();
    });

    it('gives the rows of the same cores on disk', async () => {
      const items = await triaged(['s3://cores/a/']);
      const rows = rowsIn(items);
      expect(rows.map(({ source }) => source)).toEqual([
        's3://cores/a/b c+d%20ü=&/core.7',
        's3://cores/a/race.core',
        's3://cores/a/unnamed',
      ]);
      ['null-deep', 'race-default', 'shift-fp'].forEach((name, i) => {
        const row = rows[i];
        if (row === undefined) throw new Error(`no row of ${name}`);
        expect(withoutPlace(row)).toEqual(localRow(name));
        expect(row.timeSource).toBe('object');
        expect(row.requests).toBeGreaterThan(1);
        expect(row.bytesRead).toBeLessThan(row.size / 2);
      });
      expect(items.filter(({ kind }) => kind === 'passedOver')).toHaveLength(1);
      expect(JSON.stringify(items)).not.toContain(SECRET_KEY);
    });

    it('takes a name for itself, not for what begins like it', async () => {
      expect((await rowsOf('s3://cores/ab.core')).map(({ source }) => source)).toEqual(['s3://cores/ab.core']);
      expect((await rowsOf('s3://cores/a')).map(({ source }) => source)).not.toContain('s3://cores/ab.core');
    });

    it('goes on with a listing page by page', async () => {
      const credentials = { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY };
      const store = s3Store('s3://cores', { credentials, region: 'us-east-1', endpoint: swift.endpoint, pageSize: 2 });
      const found: string[] = [];
      for await (const { source } of store.list()) found.push(source);
      store.close();
      expect(found).toHaveLength(6);
      expect(new Set(found).size).toBe(6);
    });

    it('serves gs: by the same interface, with keys of its own, signed for the region that the server names', async () => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'wrong');
      expect(await rowsOf('gs://cores/ab.core')).toMatchObject([{ source: 'gs://cores/ab.core', kind: 'abort' }]);
    });

    it('notices that an object was replaced while it was read', async () => {
      const credentials = { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY };
      const store = s3Store('s3://cores/moving.core', { credentials, region: 'us-east-1', endpoint: swift.endpoint });
      await swift.upload('cores', 'moving.core', sample('abort').bytes);
      const object = await store.object('s3://cores/moving.core').open(4096);
      expect((await object.read(4096, 4096)).failure).toBeUndefined();
      await swift.upload('cores', 'moving.core', sample('race-default').bytes);
      await expect(object.read(8192, 4096)).rejects.toMatchObject({ code: 'changed' });
      store.close();
    });

    it('says in one sentence what is wrong with credentials and names', async () => {
      expect(await listed('s3://nowhere/')).toMatchObject([
        { kind: 'unreadable', path: 's3://nowhere/', reason: 'there is no bucket "nowhere" at this endpoint' },
      ]);
      expect(await listed('s3://empty/')).toMatchObject([{ kind: 'unreadable', reason: 'nothing lies there' }]);
      expect(await rowsOf('s3://cores/gone.core', 's3://cores/empty.core')).toMatchObject([
        { status: 'unreadable', problems: [{ code: 'not-found', message: 'there is no such object in the bucket' }] },
        { status: 'unreadable', problems: [{ code: 'empty' }] },
      ]);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
      expect(await listed('s3://cores/')).toMatchObject([
        { reason: 'the secret key does not belong to the access key' },
      ]);
      vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
      expect(await listed('s3://cores/')).toMatchObject([
        { reason: 'it needs credentials, and none were found in the environment or in ~/.aws' },
      ]);
    });
  },
);
