/**
 * An address as it may be shown and kept: without user name and password, without a query that carries credentials (shared access
 * signatures, presigned requests, tokens). Of any other query short values stay, since they may say which object it is.
 */
export function shownAddress(address: string): string {
  let url;
  try {
    url = new URL(address);
  } catch {
    return address;
  }
  const bare = address
    .replace(/#.*$/s, '')
    .replace(/\?.*$/s, '')
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
  const query = [...url.searchParams];
  if (query.some(([name, value]) => CREDENTIAL.test(name) || value.length > LONGEST)) return bare;
  return query.length === 0 ? bare : `${bare}${url.search}`;
}

/** Azure's `sig` and its company, X-Amz-* and X-Goog-*, the older AWSAccessKeyId, and what others call their secrets. */
const CREDENTIAL =
  /^(sig|se|sp|sv|sr|st|spr|ske|skoid|x-(amz|goog)-.*|awsaccesskeyid|googleaccessid|signature|policy|key-pair-id|expires)$|token|secret|passw|auth|api-?key|credential|^key$|^sas$/i;
const LONGEST = 40;
