import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import { awsSettings, googleSettings } from './awsSettings.js';
import { azureSettings } from './azureSettings.js';
import { azureStore } from './azureStore.js';
import type { Environment } from './environment.js';
import { httpStore } from './httpStore.js';
import type { ObjectStore } from './objectStore.js';
import { RemoteError } from './remoteError.js';
import type { RetryPolicy } from './retries.js';
import { s3Store } from './s3Store.js';

/**
 * The store behind an address: `s3:`, `gs:`, `az:`, `http:` or `https:`. Credentials come from where each provider's own tools take them.
 *
 * @throws RemoteError
 */
export function openStore(
  address: string,
  environment: Environment = processEnvironment(),
  policy?: RetryPolicy,
): ObjectStore {
  const scheme = /^([a-z0-9]+):\/\//i.exec(address)?.[1]?.toLowerCase();
  switch (scheme) {
    case 's3':
      return s3Store(address, awsSettings(environment), policy);
    case 'gs':
      return s3Store(address, googleSettings(environment), policy);
    case 'az':
      return azureStore(address, azureSettings(environment), policy);
    case 'http':
    case 'https': {
      const azure = azureSettings(environment);
      return isAzure(address, azure?.endpoint) ? azureStore(address, azure, policy) : httpStore(address, policy);
    }
    default:
      throw new RemoteError('bad-address', 'it is none of http://, https://, s3://, gs:// and az://');
  }
}

function isAzure(address: string, endpoint: string | undefined): boolean {
  if (endpoint !== undefined && address.startsWith(`${endpoint}/`)) return true;
  return /^https?:\/\/[^/]+\.blob\.(core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|storage\.azure\.net)\//i.test(
    address,
  );
}

function processEnvironment(): Environment {
  return {
    variable: (name) => process.env[name] || undefined,
    file: (path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
    home: homedir(),
  };
}
