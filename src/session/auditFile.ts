import { accessSync, constants } from 'node:fs';
import { hex } from '../engine/base/addresses.js';
import { demangle } from '../engine/symbolize/demangle/demangle.js';
import type { ModuleImage } from '../engine/modules/moduleImage.js';
import { findRestores, type RestoreRoutine } from '../engine/verdict/restoreHoles.js';
import { createIcedDisassembler } from '../io/icedDisassembler.js';
import { OpenError } from './coreSession.js';
import { ImageCache } from './imageCache.js';

/** What `redzone audit` says of one file. */
export interface AuditReport {
  readonly file: string;
  readonly buildId?: string;
  /** Routines that still read the context they restore after they have moved the stack pointer. */
  readonly routines: readonly AuditedRoutine[];
  /** Those that read nothing of it any more. */
  readonly sound: readonly AuditedRoutine[];
}

/** A routine that goes on with another context, from where it moves the stack pointer. */
export interface AuditedRoutine {
  /** Absent in stripped files. */
  readonly function?: string;
  /** Link address of its first instruction, where the file tells. */
  readonly start?: string;
  /** Link address of the instruction that moves the stack pointer. */
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
    const restores = findRestores(image, createIcedDisassembler());
    const audited = (hasHole: boolean): AuditedRoutine[] =>
      restores
        .filter(({ lateReads }) => lateReads.length > 0 === hasHole)
        .map((restore) => auditedRoutine(image, restore));
    return {
      file: path,
      ...(buildId === undefined ? {} : { buildId }),
      routines: audited(true),
      sound: audited(false),
    };
  } finally {
    images.dispose();
  }
}

function auditedRoutine(image: ModuleImage, restore: RestoreRoutine): AuditedRoutine {
  const symbol = image.symbols.find(restore.address, true);
  return {
    ...(symbol === undefined ? {} : { function: demangle(symbol.name) ?? symbol.name }),
    ...(restore.functionStart === undefined ? {} : { start: hex(restore.functionStart) }),
    address: hex(restore.address),
    instructions: restore.instructions.map((decoded) => ({
      address: hex(decoded.address),
      text: decoded.text,
      late: restore.lateReads.includes(decoded),
    })),
  };
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
