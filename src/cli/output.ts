/** A reader that has seen enough (`redzone triage ... | head`) is no error. */
export function stdoutGone(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** Writes and waits while the pipe is full. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** One line on stderr, whatever a file name holds. */
export function warn(text: string): void {
  process.stderr.write(`redzone: ${escapeControls(text)}\n`);
}

/** Control characters written out, so that they do nothing to a terminal. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
