import { describe, expect, it } from 'vitest';
import { awsSettings, googleSettings } from '../../../../src/io/remote/awsSettings.js';
import type { Environment } from '../../../../src/io/remote/environment.js';

const CREDENTIALS = `# comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=secret=with=equals

[work]
aws_access_key_id=AKIAWORK ; mine
aws_secret_access_key=w
aws_session_token=t
`;
const CONFIG = `[default]
region = eu-west-1
s3 =
    addressing_style = path
[profile work]
region=ap-south-1
endpoint_url = http://127.0.0.1:9000
`;

function environment(variables: Readonly<Record<string, string>>, files = true): Environment {
  const texts: Readonly<Record<string, string>> = { '/h/.aws/credentials': CREDENTIALS, '/h/.aws/config': CONFIG };
  return { variable: (name) => variables[name], file: (path) => (files ? texts[path] : undefined), home: '/h' };
}

describe('settings for S3', () => {
  it('come from the environment first', () => {
    const own = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B', AWS_SESSION_TOKEN: 'C', AWS_REGION: 'us-west-2' };
    expect(awsSettings(environment(own))).toEqual({
      credentials: { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C' },
      region: 'us-west-2',
      endpoint: undefined,
    });
  });

  it('then from the default profile', () => {
    expect(awsSettings(environment({}))).toEqual({
      credentials: { accessKeyId: 'AKIADEFAULT', secretAccessKey: 'secret=with=equals' },
      region: 'eu-west-1',
      endpoint: undefined,
    });
  });

  it('or from the profile that is named', () => {
    expect(awsSettings(environment({ AWS_PROFILE: 'work' }))).toEqual({
      credentials: { accessKeyId: 'AKIAWORK', secretAccessKey: 'w', sessionToken: 't' },
      region: 'ap-south-1',
      endpoint: 'http://127.0.0.1:9000',
    });
  });

  it('say so when the profile is nowhere', () => {
    expect(() => awsSettings(environment({ AWS_PROFILE: 'gone' }))).toThrow(/profile "gone"/);
  });

  it('may be none at all', () => {
    expect(awsSettings(environment({}, false))).toEqual({
      credentials: undefined,
      region: 'us-east-1',
      endpoint: undefined,
    });
  });
});

it('those of Google are its own keys, never the default ones of Amazon', () => {
  expect(googleSettings(environment({})).credentials).toBeUndefined();
  expect(googleSettings(environment({ GS_ACCESS_KEY_ID: 'G', GS_SECRET_ACCESS_KEY: 'H' }))).toEqual({
    credentials: { accessKeyId: 'G', secretAccessKey: 'H' },
    region: 'auto',
    endpoint: 'https://storage.googleapis.com',
  });
});
