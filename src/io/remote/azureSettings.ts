import { azureToken, type TokenQuestion } from './credentials/bearerTokens.js';
import type { Environment } from './environment.js';
import { RemoteError } from './remoteError.js';

/** Whom to be and whom to ask, for Azure Blob storage. */
export interface AzureSettings {
  readonly account: string;
  /** Of the blob service, without a slash at the end. */
  readonly endpoint: string;
  /** Base64. */
  readonly key?: string;
  /** A shared access signature, without `?`. */
  readonly signature?: string;
  /** Who lends tokens, for whoever has neither. */
  readonly token?: TokenQuestion;
  /** Objects on a page of a listing; when absent, as many as the server likes. */
  readonly pageSize?: number;
}

/**
 * From AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, as the Azure
 * command line reads them; without either, a token of the identity that the environment names.
 *
 * @returns `undefined` when nothing of that is set
 * @throws RemoteError for a connection string without an account
 */
export function azureSettings(environment: Environment): AzureSettings | undefined {
  const { variable } = environment;
  const connection = variable('AZURE_STORAGE_CONNECTION_STRING');
  if (connection) return fromConnectionString(connection);
  const account = variable('AZURE_STORAGE_ACCOUNT');
  if (!account) return undefined;
  const key = variable('AZURE_STORAGE_KEY');
  const signature = variable('AZURE_STORAGE_SAS_TOKEN');
  const token = key || signature ? undefined : azureToken(environment);
  return {
    account,
    endpoint: (variable('AZURE_STORAGE_SERVICE_ENDPOINT') ?? `https://${account}.blob.core.windows.net`).replace(
      /\/+$/,
      '',
    ),
    ...(token === undefined ? {} : { token }),
    ...(key ? { key } : {}),
    ...(signature ? { signature: signature.replace(/^\?/, '') } : {}),
  };
}

function fromConnectionString(text: string): AzureSettings {
  const parts = new Map(
    text.split(';').map((part): [string, string] => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()];
    }),
  );
  const endpoint = parts.get('blobendpoint')?.replace(/\/+$/, '');
  const account = parts.get('accountname') ?? accountOf(endpoint);
  if (account === undefined)
    throw new RemoteError(
      'no-permission',
      'AZURE_STORAGE_CONNECTION_STRING names neither an account nor a blob endpoint',
    );
  const key = parts.get('accountkey');
  const signature = parts.get('sharedaccesssignature');
  const protocol = parts.get('defaultendpointsprotocol') ?? 'https';
  const suffix = parts.get('endpointsuffix') ?? 'core.windows.net';
  return {
    account,
    endpoint: endpoint ?? `${protocol}://${account}.blob.${suffix}`,
    ...(key === undefined ? {} : { key }),
    ...(signature === undefined ? {} : { signature: signature.replace(/^\?/, '') }),
  };
}

/** Of `https://ACCOUNT.blob.core.windows.net`, of sovereign clouds too. */
function accountOf(endpoint: string | undefined): string | undefined {
  return /^https?:\/\/([^./]+)\.blob\./.exec(endpoint ?? '')?.[1];
}
