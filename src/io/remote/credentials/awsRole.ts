import type { AwsCredentials } from './awsCredentials.js';
import type { Environment } from '../environment.js';
import { RemoteError } from '../remoteError.js';
import { xmlElements, xmlText } from '../xmlElements.js';
import { credentialJson, credentialText, formCall, serviceUrl } from './metadataRequest.js';
import type { Lent } from './renewed.js';

export type LentAwsCredentials = AwsCredentials & Lent;

/** A role that a profile or the environment names, with the token that stands for this process. */
export interface WebIdentity {
  readonly role: string;
  readonly tokenFile: string;
}

/**
 * The role of this process or machine, for whoever has no keys: a web identity (Kubernetes), a container's (ECS, EKS), and, where the
 * user asks for it, the instance's (EC2, version 2 of its metadata service alone). AWS SDKs and Tools reference, "Standardized credential providers".
 *
 * @param profile what a profile says of a web identity
 * @returns `undefined` when nothing says that there is one
 */
export function awsRole(
  environment: Environment,
  region: string,
  profile: WebIdentity | undefined,
): (() => Promise<LentAwsCredentials>) | undefined {
  const { variable } = environment;
  const [role, tokenFile] = [variable('AWS_ROLE_ARN'), variable('AWS_WEB_IDENTITY_TOKEN_FILE')];
  const identity = role !== undefined && tokenFile !== undefined ? { role, tokenFile } : profile;
  if (identity !== undefined) return () => byWebIdentity(environment, region, identity);
  const relative = variable('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = variable('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (relative !== undefined || full !== undefined)
    return () => ofContainer(environment, relative === undefined ? (full ?? '') : `http://169.254.170.2${relative}`);
  const endpoint = variable('AWS_EC2_METADATA_SERVICE_ENDPOINT');
  const asked = endpoint !== undefined || variable('REDZONE_INSTANCE_CREDENTIALS') === '1';
  if (!asked || variable('AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true') return undefined;
  return () => ofInstance(endpoint ?? 'http://169.254.169.254');
}

async function byWebIdentity(
  { variable, file }: Environment,
  region: string,
  { role, tokenFile }: WebIdentity,
): Promise<LentAwsCredentials> {
  const who = 'AWS STS';
  const token = file(tokenFile)?.trim();
  if (!token) throw new RemoteError('no-permission', `the web identity token ${tokenFile} cannot be read`);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint =
    variable('AWS_ENDPOINT_URL_STS') ??
    (region === 'auto' ? 'https://sts.amazonaws.com' : `https://sts.${region}.${domain}`);
  const answer = await credentialText(
    who,
    formCall(serviceUrl(who, endpoint), {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: variable('AWS_ROLE_SESSION_NAME') ?? 'redzone',
      WebIdentityToken: token,
    }),
  );
  const [found = ''] = xmlElements(answer, 'Credentials');
  return lent(who, {
    AccessKeyId: xmlText(found, 'AccessKeyId'),
    SecretAccessKey: xmlText(found, 'SecretAccessKey'),
    Token: xmlText(found, 'SessionToken'),
    Expiration: xmlText(found, 'Expiration'),
  });
}

/** Where an unencrypted credential service may be: this machine, and the links of ECS and EKS. */
const BESIDE = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

async function ofContainer({ variable, file }: Environment, address: string): Promise<LentAwsCredentials> {
  const who = "the container's credential service";
  const url = serviceUrl(who, address);
  if (url.protocol !== 'https:' && !BESIDE.test(url.hostname))
    throw new RemoteError(
      'bad-address',
      `${who}: AWS_CONTAINER_CREDENTIALS_FULL_URI must be https:, or on this machine`,
    );
  const tokenFile = variable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token = tokenFile === undefined ? variable('AWS_CONTAINER_AUTHORIZATION_TOKEN') : file(tokenFile)?.trim();
  const headers = token === undefined ? {} : { authorization: token };
  return lent(who, await credentialJson(who, { method: 'GET', url, headers }));
}

/** Seconds; the token is used at once. */
const SESSION = '300';

async function ofInstance(endpoint: string): Promise<LentAwsCredentials> {
  const who = "the instance's metadata service";
  const at = (path: string): URL => serviceUrl(who, `${endpoint.replace(/\/+$/, '')}/latest/${path}`);
  const token = await credentialText(who, {
    method: 'PUT',
    url: at('api/token'),
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': SESSION, 'content-length': '0' },
  });
  const headers = { 'x-aws-ec2-metadata-token': token.trim() };
  const roles = await credentialText(who, { method: 'GET', url: at('meta-data/iam/security-credentials/'), headers });
  const [role = ''] = roles.trim().split('\n');
  const url = at(`meta-data/iam/security-credentials/${encodeURIComponent(role.trim())}`);
  return lent(who, await credentialJson(who, { method: 'GET', url, headers }));
}

function lent(who: string, answer: Readonly<Record<string, unknown>>): LentAwsCredentials {
  const { AccessKeyId: id, SecretAccessKey: secret, Token: token, Expiration: expiration } = answer;
  if (typeof id !== 'string' || typeof secret !== 'string' || id === '' || secret === '')
    throw new RemoteError('no-permission', `${who} gave no credentials: its answer holds no keys`);
  const expires = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  return {
    accessKeyId: id,
    secretAccessKey: secret,
    ...(typeof token === 'string' && token !== '' ? { sessionToken: token } : {}),
    ...(Number.isNaN(expires) ? {} : { expires }),
  };
}
