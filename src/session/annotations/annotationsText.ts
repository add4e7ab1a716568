import { type Annotation, targetWords } from '../../shared/annotations.js';

/** The annotations as the last block of the text report; nothing where there are none. */
export function annotationsText(annotations: readonly Annotation[]): string {
  if (annotations.length === 0) return '';
  const lines = ['ANNOTATIONS'];
  for (const { target, mark, text, author, changed, about } of annotations) {
    lines.push(`  ${mark.padEnd(10)} ${targetWords(target)}  ${oneLine(author)}, ${changed.slice(0, 10)}`);
    if (about !== undefined) lines.push(`             ${oneLine(about)}`);
    for (const line of text.split('\n')) if (line.trim() !== '') lines.push(`             ${oneLine(line)}`);
  }
  return `\n${lines.join('\n')}\n`;
}

/** Sidecars are passed around: what they hold is printed as safely as what cores hold. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
