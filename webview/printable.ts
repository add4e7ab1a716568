/**
 * Makes a string from a core safe to show: control characters, bidirectional overrides and other invisible ones become visible
 * escapes, so that no process name can reorder, hide or break a row. Everything else stays as it is.
 */
export function printable(text: string): string {
  // Nearly every string is plain, and rows are filled thousands of times a second.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return `\\u{${code.toString(16)}}`;
  });
}

// C0, DEL and C1; soft hyphen; zero-width and directional marks; line and paragraph separators; bidirectional embeddings and
// isolates; byte order mark; lone surrogates.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;
