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

export function warn(text: string): void {
  process.stderr.write(`redzone: ${text}\n`);
}
