import type { Environment } from '../environment.js';
import { RemoteError } from '../remoteError.js';
import { credentialJson, formCall, serviceUrl } from './metadataRequest.js';
import type { Lent } from './renewed.js';

/** An OAuth access token. */
export interface LentToken extends Lent {
  readonly token: string;
}

export type TokenQuestion = () => Promise<LentToken>;

/**
 * A token for Google Cloud Storage: CLOUDSDK_AUTH_ACCESS_TOKEN, or, where GCE_METADATA_HOST or the user says so, that of the machine's service account.
 *
 * @returns `undefined` when nothing says that there is one
 */
export function googleToken({ variable }: Environment): TokenQuestion | undefined {
  const given = variable('CLOUDSDK_AUTH_ACCESS_TOKEN');
  if (given !== undefined) return () => Promise.resolve({ token: given });
  const host = variable('GCE_METADATA_HOST');
  if (host === undefined && variable('REDZONE_INSTANCE_CREDENTIALS') !== '1') return undefined;
  const who = "Google's metadata service";
  return async () => {
    const path = '/computeMetadata/v1/instance/service-accounts/default/token';
    const url = serviceUrl(who, `http://${host ?? 'metadata.google.internal'}${path}`);
    return lent(who, await credentialJson(who, { method: 'GET', url, headers: { 'metadata-flavor': 'Google' } }));
  };
}

const AZURE_STORAGE = 'https://storage.azure.com/';

/**
 * A token for Azure Blob storage: of a workload identity (AZURE_FEDERATED_TOKEN_FILE), of an app's identity (IDENTITY_ENDPOINT), or, where
 * the user asks for it, of the machine's managed identity. The names are those of Azure's own libraries.
 *
 * @returns `undefined` when nothing says that there is one
 */
export function azureToken(environment: Environment): TokenQuestion | undefined {
  const { variable, file } = environment;
  const [tenant, client] = [variable('AZURE_TENANT_ID'), variable('AZURE_CLIENT_ID')];
  const federated = variable('AZURE_FEDERATED_TOKEN_FILE');
  if (federated !== undefined && tenant !== undefined && client !== undefined)
    return async () => {
      const who = 'Microsoft Entra ID';
      const assertion = file(federated)?.trim();
      if (!assertion) throw new RemoteError('no-permission', `the federated token ${federated} cannot be read`);
      const authority = (variable('AZURE_AUTHORITY_HOST') ?? 'https://login.microsoftonline.com').replace(/\/+$/, '');
      const url = serviceUrl(who, `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`);
      const form = {
        grant_type: 'client_credentials',
        client_id: client,
        scope: `${AZURE_STORAGE}.default`,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      };
      return lent(who, await credentialJson(who, formCall(url, form)));
    };
  const user = client === undefined ? '' : `&client_id=${encodeURIComponent(client)}`;
  const [endpoint, header] = [variable('IDENTITY_ENDPOINT'), variable('IDENTITY_HEADER')];
  if (endpoint !== undefined && header !== undefined)
    return async () => {
      const who = "the app's identity service";
      const url = serviceUrl(who, `${endpoint}?resource=${AZURE_STORAGE}&api-version=2019-08-01${user}`);
      return lent(who, await credentialJson(who, { method: 'GET', url, headers: { 'x-identity-header': header } }));
    };
  const host = variable('AZURE_POD_IDENTITY_AUTHORITY_HOST');
  if (host === undefined && variable('REDZONE_INSTANCE_CREDENTIALS') !== '1') return undefined;
  return async () => {
    const who = "Azure's metadata service";
    const path = `/metadata/identity/oauth2/token?resource=${AZURE_STORAGE}&api-version=2018-02-01${user}`;
    const url = serviceUrl(who, `${(host ?? 'http://169.254.169.254').replace(/\/+$/, '')}${path}`);
    return lent(who, await credentialJson(who, { method: 'GET', url, headers: { metadata: 'true' } }));
  };
}

/** `expires_in` is in seconds; Azure's services give it as text, and `expires_on` in seconds since 1970. */
function lent(who: string, answer: Readonly<Record<string, unknown>>): LentToken {
  const { access_token: token, expires_in: seconds, expires_on: on } = answer;
  if (typeof token !== 'string' || token === '')
    throw new RemoteError('no-permission', `${who} gave no credentials: its answer holds no token`);
  const until = Number(on) * 1000;
  const expires = Number.isFinite(until) && until > 0 ? until : Date.now() + Number(seconds) * 1000;
  return Number.isNaN(expires) ? { token } : { token, expires };
}
