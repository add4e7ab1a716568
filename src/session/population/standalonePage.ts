import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Analysis } from './analyse.js';
import { packPopulation } from './packPopulation.js';

/** The page of an analysed data set, as one file. `folder` is where the built pages lie. */
export async function populationPage(dataset: string, { loaded, report }: Analysis, folder: string): Promise<string> {
  return standalonePage(await packPopulation(dataset, { loaded, report }), folder);
}

/**
 * A population page that needs nothing else: script, style and table stand in it, and its policy lets it load nothing and send nothing.
 * The table is a block of base64 that no browser runs, so that nothing in it can be read as HTML.
 *
 * @param folder where the built pages lie
 */
export function standalonePage(pack: Uint8Array, folder: string): string {
  const built = (file: string) => withoutMap(readFileSync(join(folder, file), 'utf8'));
  const style = `${built('population.css')}${built('standalone.css')}`;
  const script = built('population.js').replaceAll('</script', '<\\/script');
  const styleNonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    // The nonce is for the style element with which the controls probe the browser.
    `style-src ${hashOf(style)} 'nonce-${styleNonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Redzone: crashes of a population</title>
<style>${style}</style>
</head>
<body>
<main id="page"></main>
<script id="redzone-table" type="application/octet-stream">${gzipSync(pack, { level: pack.length > LARGE ? 1 : 9 }).toString('base64')}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Bytes from which on the time to compress counts for more than the size of the page. */
const LARGE = 16 << 20;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function withoutMap(text: string): string {
  return text.replace(/\n?(\/\/|\/\*)# sourceMappingURL=[^\n]*\n?$/, '');
}
