import type { PopulationHost } from './host.js';

/** Where the table stands in a self-contained page: gzip in base64, in an element that no browser runs. */
const DATA = 'redzone-table';

/** The table of a self-contained page; `undefined` on a page that has a host to ask. */
export async function embeddedTable(): Promise<Uint8Array | undefined> {
  const place = document.getElementById(DATA);
  if (!place) return undefined;
  const packed = fromBase64(place.textContent.trim());
  // Kept twice it would cost a large page half its memory.
  place.remove();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A page that stands alone: its address carries its state, and links open what an editor has to. */
export function embeddedHost(): PopulationHost {
  return {
    copy: (text) => navigator.clipboard.writeText(text),
    copyLink: (link) => navigator.clipboard.writeText(`${location.href.replace(/#.*$/s, '')}#${link}`),
    openCore: (source) => {
      location.assign(`vscode://redzone.redzone/core?${new URLSearchParams({ path: source }).toString()}`);
    },
    remember: (link) => {
      history.replaceState(undefined, '', `#${link}`);
    },
    remembered: () => location.hash.slice(1) || undefined,
  };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
