import { escapeControls } from './output.js';

const WIDTH = 100;

/** Lines of words, the later ones indented below the first. */
export function wrapped(text: string, lead: string): string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of escapeControls(text).split(' ')) {
    if (line.trim() !== lead.trim() && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = ' '.repeat(lead.length);
    }
    line += line.length === lead.length ? word : ` ${word}`;
  }
  return [...lines, line];
}
