import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Renewed } from '../../src/io/remote/credentials/renewed.js';
import { openStore } from '../../src/io/remote/openStore.js';
import { FaultyServer } from './faultyServer.js';
import { HASTY } from './triaged.js';

/** A service that lends credentials, as the clouds' own do: it answers what it was told, to who asks as the documents say. */
class Lender {
  readonly asked: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[] = [];
  readonly answers = new Map<string, (request: IncomingMessage, body: string) => string | number>();
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      this.asked.push({ method, url, headers, body });
      const answer = this.answers.get(`${method} ${url.split('?')[0] ?? ''}`)?.(request, body) ?? 404;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else response.end(answer);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let cloud: FaultyServer;
let lender: Lender;
beforeAll(async () => {
  cloud = await FaultyServer.start();
  lender = new Lender();
  await lender.start();
});
afterAll(async () => {
  await cloud.stop();
  await lender.stop();
});
beforeEach(() => {
  cloud.files.clear();
  cloud.seen.length = 0;
  lender.answers.clear();
  lender.asked.length = 0;
  cloud.files.set('/cores/a.core', { bytes: new Uint8Array(64) });
});

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
const KEYS = (id: string): string =>
  JSON.stringify({ AccessKeyId: id, SecretAccessKey: 's3cret', Token: 't0ken', Expiration: soon() });

/** Reads an object and gives what stood in the header `authorization` of each request. */
async function authorizations(
  address: string,
  variables: Record<string, string>,
  files: Record<string, string> = {},
): Promise<(string | undefined)[]> {
  const environment = {
    variable: (name: string) => variables[name],
    file: (path: string) => files[path],
    home: '/nowhere',
  };
  const store = openStore(address, environment, HASTY);
  try {
    for (let i = 0; i < 2; i++) await store.object(address).open(16);
    return cloud.seen.map(({ authorization }) => authorization);
  } finally {
    store.close();
  }
}

const S3 = 's3://cores/a.core';
const aws = (more: Record<string, string>): Record<string, string> => ({
  AWS_ENDPOINT_URL_S3: cloud.origin,
  AWS_REGION: 'eu-north-1',
  ...more,
});

function instance(): void {
  lender.answers.set('PUT /latest/api/token', ({ headers }) =>
    headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? 400 : 'session',
  );
  const known = (request: IncomingMessage): boolean => request.headers['x-aws-ec2-metadata-token'] === 'session';
  lender.answers.set('GET /latest/meta-data/iam/security-credentials/', (request) =>
    known(request) ? 'triage-role\n' : 401,
  );
  lender.answers.set('GET /latest/meta-data/iam/security-credentials/triage-role', (request) =>
    known(request) ? KEYS('INSTANCE') : 401,
  );
}

describe('the role of an AWS machine', () => {
  it("is the instance's, by version 2 of its service, asked once", async () => {
    instance();
    const seen = await authorizations(S3, aws({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${lender.host}` }));
    expect(seen).toHaveLength(2);
    for (const header of seen) expect(header).toContain('Credential=INSTANCE/');
    expect(lender.asked.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET']);
  });

  it('is not asked for unless somebody says so', async () => {
    instance();
    expect(await authorizations(S3, aws({}))).toEqual([undefined, undefined]);
    const disabled = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${lender.host}`, AWS_EC2_METADATA_DISABLED: 'true' };
    expect(await authorizations(S3, aws(disabled))).toEqual([undefined, undefined, undefined, undefined]);
    const keys = {
      AWS_ACCESS_KEY_ID: 'OWN',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${lender.host}`,
    };
    expect((await authorizations(S3, aws(keys))).at(-1)).toContain('Credential=OWN/');
    expect(lender.asked).toEqual([]);
  });

  it("is the container's", async () => {
    lender.answers.set('GET /v2/credentials', ({ headers }) =>
      headers.authorization === 'Bearer pod' ? KEYS('CONTAINER') : 401,
    );
    const full = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${lender.host}/v2/credentials` };
    expect(
      (
        await authorizations(S3, aws({ ...full, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/token' }), {
          '/token': 'Bearer pod\n',
        })
      )[0],
    ).toContain('Credential=CONTAINER/');
    await expect(authorizations(S3, aws(full))).rejects.toThrow(
      /container's credential service gave no credentials: it answered 401/,
    );
    await expect(authorizations(S3, aws({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.7/x' }))).rejects.toThrow(
      'must be https:',
    );
  });

  it('is that of a web identity', async () => {
    lender.answers.set('POST /', (_request, body) => {
      const form = new URLSearchParams(body);
      if (form.get('Action') !== 'AssumeRoleWithWebIdentity' || form.get('WebIdentityToken') !== 'jwt') return 403;
      return `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${form.get('RoleArn')?.split('/')[1] ?? ''}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${soon()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    });
    const identity = {
      AWS_ENDPOINT_URL_STS: `http://${lender.host}/`,
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/WEB',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/jwt',
    };
    expect((await authorizations(S3, aws(identity), { '/jwt': 'jwt\n' }))[0]).toContain('Credential=WEB/');
    await expect(authorizations(S3, aws(identity))).rejects.toThrow('the web identity token /jwt cannot be read');
    // A profile may say the same.
    const config = {
      '/nowhere/.aws/config': '[default]\nrole_arn = arn:aws:iam::1:role/PROFILE\nweb_identity_token_file = /jwt\n',
      '/jwt': 'jwt',
    };
    cloud.seen.length = 0;
    expect((await authorizations(S3, aws({ AWS_ENDPOINT_URL_STS: `http://${lender.host}/` }), config))[0]).toContain(
      'Credential=PROFILE/',
    );
  });

  it('says what to do with keys that only the AWS tools can get', async () => {
    await expect(
      authorizations(S3, aws({}), { '/nowhere/.aws/config': '[default]\nsso_session = corp\n' }),
    ).rejects.toThrow(/come from sso_session.*export-credentials/);
  });
});

describe('tokens', () => {
  const lent = JSON.stringify({ access_token: 'tok', expires_in: 3599, token_type: 'Bearer' });

  it('of a Google machine go along with its requests', async () => {
    lender.answers.set('GET /computeMetadata/v1/instance/service-accounts/default/token', ({ headers }) =>
      headers['metadata-flavor'] === 'Google' ? lent : 403,
    );
    const seen = await authorizations('gs://cores/a.core', {
      GS_ENDPOINT_URL: cloud.origin,
      GCE_METADATA_HOST: lender.host,
    });
    expect(seen).toEqual(['Bearer tok', 'Bearer tok']);
    expect(lender.asked).toHaveLength(1);
    expect(
      await authorizations('gs://cores/a.core', { GS_ENDPOINT_URL: cloud.origin, CLOUDSDK_AUTH_ACCESS_TOKEN: 'mine' }),
    ).toContain('Bearer mine');
  });

  const azure = (more: Record<string, string>): Record<string, string> => ({
    AZURE_STORAGE_ACCOUNT: 'acct',
    AZURE_STORAGE_SERVICE_ENDPOINT: cloud.origin,
    ...more,
  });

  it('of an Azure machine, app or workload too', async () => {
    const resource = 'resource=https://storage.azure.com/';
    lender.answers.set('GET /metadata/identity/oauth2/token', ({ url, headers }) =>
      headers['metadata'] === 'true' && url?.includes(resource) === true ? lent : 400,
    );
    lender.answers.set('GET /msi/token', ({ headers }) =>
      headers['x-identity-header'] === 'h' ? lent.replace('"tok"', '"app"') : 401,
    );
    lender.answers.set('POST /tenant/oauth2/v2.0/token', (_request, body) =>
      new URLSearchParams(body).get('client_assertion') === 'jwt' ? lent.replace('"tok"', '"workload"') : 401,
    );
    const host = `http://${lender.host}`;
    expect(await authorizations('az://cores/a.core', azure({ AZURE_POD_IDENTITY_AUTHORITY_HOST: host }))).toEqual([
      'Bearer tok',
      'Bearer tok',
    ]);
    cloud.seen.length = 0;
    expect(
      await authorizations(
        'az://cores/a.core',
        azure({ IDENTITY_ENDPOINT: `${host}/msi/token`, IDENTITY_HEADER: 'h' }),
      ),
    ).toEqual(['Bearer app', 'Bearer app']);
    cloud.seen.length = 0;
    const workload = {
      AZURE_FEDERATED_TOKEN_FILE: '/jwt',
      AZURE_TENANT_ID: 'tenant',
      AZURE_CLIENT_ID: 'client',
      AZURE_AUTHORITY_HOST: host,
    };
    expect(await authorizations('az://cores/a.core', azure(workload), { '/jwt': 'jwt' })).toEqual([
      'Bearer workload',
      'Bearer workload',
    ]);
  });

  it('are not shown when they are not had', async () => {
    await expect(
      authorizations('az://cores/a.core', azure({ AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://${lender.host}` })),
    ).rejects.toThrow("Azure's metadata service gave no credentials: it answered 404");
  });
});

describe('what is lent for a while', () => {
  it('is asked for again before it ends, and after a failure', async () => {
    let now = 0;
    let asked = 0;
    const renewed = new Renewed(
      () => {
        asked++;
        return asked === 2
          ? Promise.reject(new Error('busy'))
          : Promise.resolve({ number: asked, expires: now + 3_600_000 });
      },
      () => now,
    );
    expect(await Promise.all([renewed.get(), renewed.get()])).toMatchObject([{ number: 1 }, { number: 1 }]);
    now = 3_600_000 - 299_000;
    await expect(renewed.get()).rejects.toThrow('busy');
    expect(await renewed.get()).toMatchObject({ number: 3 });
  });
});

describe('proxies', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it('are asked for what is not exempt', async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      response.writeHead(206, { 'content-range': 'bytes 0-15/64', 'content-length': 16 }).end(new Uint8Array(16));
    });
    proxy.on('connect', (request: IncomingMessage, socket: { end: (text: string) => void }) => {
      seen.push(`CONNECT ${request.url ?? ''}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const at = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      process.env['HTTP_PROXY'] = `http://me:pw@${at}`;
      process.env['https_proxy'] = at;
      process.env['NO_PROXY'] = 'other.test';
      const bare = { variable: () => undefined, file: () => undefined, home: '/' };
      const store = openStore('http://cores.test/a.core', bare, HASTY);
      await store.object('http://cores.test/a.core').open(16);
      store.close();
      expect(seen).toEqual([`GET http://cores.test/a.core Basic ${Buffer.from('me:pw').toString('base64')}`]);
      const secure = openStore('https://cores.test/a.core', bare, { ...HASTY, attempts: 1 });
      await expect(secure.object('https://cores.test/a.core').open(16)).rejects.toThrow();
      secure.close();
      expect(seen.at(-1)).toBe('CONNECT cores.test:443');
      // This machine's own services are never asked through one.
      expect(await authorizations(`${cloud.origin}/cores/a.core`, {})).toHaveLength(2);
      expect(seen).toHaveLength(2);
    } finally {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });
});
