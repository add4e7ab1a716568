/** Why a data set cannot be read or written: one sentence that names the place and what to do. */
export class DatasetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatasetError';
  }
}

/** The sentence for a failure of the file system. */
export function datasetFailure(place: string, error: unknown): DatasetError {
  if (error instanceof DatasetError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new DatasetError(
        `${place}: the disk is full; all parts that were written are whole, so make room and run the same command again`,
      );
    case 'EFBIG':
      return new DatasetError(
        `${place}: a part grows larger than this process may write (ulimit -f); raise the limit, or give --part-rows, and run the same command again`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DatasetError(`${place}: no permission to write there`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new DatasetError(`${place}: there is a file of that name, and a data set is a folder`);
    default:
      return new DatasetError(`${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
