import { accessSync, constants } from 'node:fs';
import { demangle } from '../engine/symbolize/demangle/demangle.js';
import { findRestoreHoles } from '../engine/verdict/restoreHoles.js';
import { createIcedDisassembler } from '../io/icedDisassembler.js';
import { OpenError } from './coreSession.js';
import { ImageCache } from './imageCache.js';

/** What `redzone audit` says of one file. */
export interface AuditReport {
  readonly file: string;
  readonly buildId?: string;
  readonly routines: readonly AuditedRoutine[];
}

/** A routine that still reads the context it restores after it has moved the stack pointer. */
export interface AuditedRoutine {
  /** Absent in stripped files. */
  readonly function?: string;
  /** Link address of the load of the stack pointer. */
  readonly address: string;
  readonly instructions: readonly AuditedInstruction[];
}

export interface AuditedInstruction {
  readonly address: string;
  readonly text: string;
  /** Reads the context although the stack pointer has left it. */
  readonly late: boolean;
}

/**
 * Searches a binary for register-restore routines with the hole of the write-up.
 *
 * @throws OpenError when the file cannot be read or is no ELF file
 */
export function auditFile(path: string): AuditReport {
  requireReadable(path);
  const images = new ImageCache();
  try {
    const image = images.open(path);
    if (image === undefined) throw new OpenError('not-a-core', `${path}: it is not an ELF file`);
    const { buildId } = image;
    const routines = findRestoreHoles(image, createIcedDisassembler()).map((hole): AuditedRoutine => {
      const symbol = image.symbols.find(hole.address, true);
      return {
        ...(symbol === undefined ? {} : { function: demangle(symbol.name) ?? symbol.name }),
        address: `0x${hole.address.toString(16)}`,
        instructions: hole.instructions.map((decoded) => ({
          address: `0x${decoded.address.toString(16)}`,
          text: decoded.text,
          late: hole.lateReads.includes(decoded),
        })),
      };
    });
    return { file: path, ...(buildId === undefined ? {} : { buildId }), routines };
  } finally {
    images.dispose();
  }
}

function requireReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OpenError(
      missing ? 'not-found' : 'no-permission',
      `${path}: ${missing ? 'there is no such file' : 'no permission to read it'}`,
    );
  }
}
