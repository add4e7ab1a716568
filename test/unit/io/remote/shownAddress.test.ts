import { expect, it } from 'vitest';
import { shownAddress } from '../../../../src/io/remote/shownAddress.js';

it.each([
  [
    'https://a.blob.core.windows.net/c/x.core?sv=2022-11-02&se=2026-01-01&sr=b&sp=r&sig=abc%3D',
    'https://a.blob.core.windows.net/c/x.core',
  ],
  ['https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ff', 'https://b.s3.amazonaws.com/k'],
  ['https://storage.googleapis.com/b/k?GoogleAccessId=x&Signature=y', 'https://storage.googleapis.com/b/k'],
  ['https://me:secret@host/x.core', 'https://host/x.core'],
  ['https://host/x.core?access_token=1', 'https://host/x.core'],
  ['https://host/x.core?v=0123456789012345678901234567890123456789x', 'https://host/x.core'],
  ['https://host/get?id=17', 'https://host/get?id=17'],
  ['https://host/a%20b#part', 'https://host/a%20b'],
  ['s3://bucket/key with space.core', 's3://bucket/key with space.core'],
])('%s is shown as %s', (address, shown) => {
  expect(shownAddress(address)).toBe(shown);
});
