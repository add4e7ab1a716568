/**
 * Makes a string from a core safe to show: control characters, bidirectional overrides and other invisible ones become visible
 * escapes, so that no process name can reorder, hide or break a row. Words that are written from right to left are isolated: the browser
 * would else lay out a number or an address behind them, as in `name+0x12`, from right to left too (Unicode Standard Annex 9). Everything
 * else stays as it is.
 */
export function printable(text: string): string {
  // Nearly every string is plain, and rows are filled thousands of times a second.
  if (/^[ -~]*$/.test(text)) return text;
  const visible = text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return `\\u{${code.toString(16)}}`;
  });
  return visible.replace(RIGHT_TO_LEFT, '\u2068$&\u2069');
}

// The blocks whose characters are right-to-left unless said otherwise (DerivedBidiClass.txt), and what joins words of them.
const RIGHT_TO_LEFT = new RegExp(
  ((letters) => `[${letters}]+(?:[ _][${letters}]+)*`)(
    '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefe\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}',
  ),
  'gu',
);

// C0, DEL and C1; soft hyphen; zero-width and directional marks; line and paragraph separators; bidirectional embeddings and
// isolates; byte order mark; lone surrogates.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;
