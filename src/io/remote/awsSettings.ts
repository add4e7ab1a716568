import { join } from 'node:path';
import type { Environment } from './environment.js';
import { iniSections } from './iniSections.js';
import { RemoteError } from './remoteError.js';

/** Whom to be and whom to ask, for S3 and what speaks like it. */
export interface AwsSettings {
  /** `undefined`: requests go unsigned, as to public buckets. */
  readonly credentials: AwsCredentials | undefined;
  readonly region: string;
  /** Another server than Amazon's. */
  readonly endpoint: string | undefined;
  /** Objects on a page of a listing; when absent, as many as the server likes. */
  readonly pageSize?: number;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * From the places where the AWS tools look: the environment first, then the profile (AWS_PROFILE or `default`) in
 * `~/.aws/credentials` and `~/.aws/config` (AWS CLI user guide, "Configuration and credential file settings").
 *
 * @throws RemoteError for a profile that is asked for by name and exists nowhere
 */
export function awsSettings({ variable, file, home }: Environment): AwsSettings {
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
  return {
    // A profile that is named wins over keys in the environment only where those are not there, as in the AWS tools.
    credentials: own ?? ofProfile,
    region:
      variable('AWS_REGION') ??
      variable('AWS_DEFAULT_REGION') ??
      settings?.get('region') ??
      secrets?.get('region') ??
      'us-east-1',
    endpoint: variable('AWS_ENDPOINT_URL_S3') ?? variable('AWS_ENDPOINT_URL') ?? settings?.get('endpoint_url'),
  };
}

/**
 * Google Cloud Storage takes S3's requests with HMAC keys of its own, under the names that GDAL gave them; without these, whatever
 * AWS_PROFILE says.
 */
export function googleSettings(environment: Environment): AwsSettings {
  const { variable } = environment;
  const own = credentialsOf(variable('GS_ACCESS_KEY_ID'), variable('GS_SECRET_ACCESS_KEY'), undefined);
  const named = variable('AWS_PROFILE') === undefined ? undefined : awsSettings(environment).credentials;
  return {
    credentials: own ?? named,
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
