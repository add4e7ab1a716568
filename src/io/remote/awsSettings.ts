import { join } from 'node:path';
import type { AwsCredentials } from './credentials/awsCredentials.js';
import { awsRole, type LentAwsCredentials, type WebIdentity } from './credentials/awsRole.js';
import { googleToken, type TokenQuestion } from './credentials/bearerTokens.js';
import type { Environment } from './environment.js';
import { iniSections } from './iniSections.js';
import { RemoteError } from './remoteError.js';

/** Whom to be and whom to ask, for S3 and what speaks like it. */
export interface AwsSettings {
  /** `undefined`, without a role or token too: requests go unsigned, as to public buckets. */
  readonly credentials: AwsCredentials | undefined;
  /** Who lends keys for a while. */
  readonly role?: () => Promise<LentAwsCredentials>;
  /** Who lends tokens that go along instead of signatures. */
  readonly token?: TokenQuestion;
  readonly region: string;
  /** Another server than Amazon's. */
  readonly endpoint: string | undefined;
  /** Objects on a page of a listing; when absent, as many as the server likes. */
  readonly pageSize?: number;
}

/**
 * From the places where the AWS tools look: the environment first, then the profile (AWS_PROFILE or `default`) in
 * `~/.aws/credentials` and `~/.aws/config` (AWS CLI user guide, "Configuration and credential file settings"), then the role that the
 * environment names.
 *
 * @throws RemoteError for a profile that is asked for by name and exists nowhere, or whose keys only the AWS tools can get
 */
export function awsSettings(environment: Environment): AwsSettings {
  const { variable, file, home } = environment;
  const asked = variable('AWS_PROFILE');
  const name = asked ?? 'default';
  const sections = (path: string): ReturnType<typeof iniSections> => iniSections(file(path) ?? '');
  const secrets = sections(variable('AWS_SHARED_CREDENTIALS_FILE') ?? join(home, '.aws/credentials')).get(name);
  const config = sections(variable('AWS_CONFIG_FILE') ?? join(home, '.aws/config'));
  const settings = config.get(`profile ${name}`) ?? config.get(name);
  const own = credentialsOf(
    variable('AWS_ACCESS_KEY_ID'),
    variable('AWS_SECRET_ACCESS_KEY'),
    variable('AWS_SESSION_TOKEN'),
  );
  if (own === undefined && asked !== undefined && secrets === undefined && settings === undefined)
    throw new RemoteError(
      'no-permission',
      `AWS_PROFILE names the profile "${asked}", which is in no AWS configuration file`,
    );
  const ofProfile = [secrets, settings]
    .map((from) =>
      credentialsOf(from?.get('aws_access_key_id'), from?.get('aws_secret_access_key'), from?.get('aws_session_token')),
    )
    .find((found) => found !== undefined);
  const region =
    variable('AWS_REGION') ??
    variable('AWS_DEFAULT_REGION') ??
    settings?.get('region') ??
    secrets?.get('region') ??
    'us-east-1';
  // Keys in the environment win over those of a profile, as in the AWS tools; either wins over a role.
  const credentials = own ?? ofProfile;
  const role = credentials === undefined ? awsRole(environment, region, webIdentityOf(settings ?? secrets)) : undefined;
  const elsewhere = ELSEWHERE.find((key) => settings?.has(key) === true || secrets?.has(key) === true);
  if (credentials === undefined && role === undefined && elsewhere !== undefined)
    throw new RemoteError(
      'no-permission',
      `the keys of the profile "${name}" come from ${elsewhere}, which only the AWS tools can use: run eval "$(aws configure export-credentials --profile ${name} --format env)" first`,
    );
  return {
    credentials,
    ...(role === undefined ? {} : { role }),
    region,
    endpoint: variable('AWS_ENDPOINT_URL_S3') ?? variable('AWS_ENDPOINT_URL') ?? settings?.get('endpoint_url'),
  };
}

/** Where profiles may have keys from that are in no file. */
const ELSEWHERE = ['sso_session', 'sso_start_url', 'credential_process', 'login_session', 'role_arn'] as const;

function webIdentityOf(profile: ReadonlyMap<string, string> | undefined): WebIdentity | undefined {
  const role = profile?.get('role_arn');
  const tokenFile = profile?.get('web_identity_token_file');
  return role === undefined || tokenFile === undefined ? undefined : { role, tokenFile };
}

/**
 * Google Cloud Storage takes S3's requests with HMAC keys of its own, under the names that GDAL gave them; without these, whatever
 * AWS_PROFILE says; without that, with an access token.
 */
export function googleSettings(environment: Environment): AwsSettings {
  const { variable } = environment;
  const own = credentialsOf(variable('GS_ACCESS_KEY_ID'), variable('GS_SECRET_ACCESS_KEY'), undefined);
  const named = variable('AWS_PROFILE') === undefined ? undefined : awsSettings(environment).credentials;
  const credentials = own ?? named;
  const token = credentials === undefined ? googleToken(environment) : undefined;
  return {
    credentials,
    ...(token === undefined ? {} : { token }),
    region: 'auto',
    endpoint: variable('GS_ENDPOINT_URL') ?? 'https://storage.googleapis.com',
  };
}

function credentialsOf(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): AwsCredentials | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
