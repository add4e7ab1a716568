import { type ByteCursor, FormatError } from '../../base/byteCursor.js';
import { ABSOLUTE, type EncodedPointer, OMITTED, type PointerBases, readEncodedPointer } from './pointerEncoding.js';

/** A common information entry (CIE): what the FDEs that name it share (DWARF 5 §6.4.1; LSB Core, "Augmentation String Format"). */
export interface CommonEntry {
  readonly offset: number;
  readonly addressSize: 4 | 8;
  /** Bytes of a segment selector before each address; 0 on everything alive. */
  readonly segmentSize: number;
  readonly codeAlignment: number;
  readonly dataAlignment: bigint;
  readonly returnAddressRegister: number;
  /** FDEs hold a length and augmentation data. */
  readonly hasAugmentationData: boolean;
  readonly pointerEncoding: number;
  readonly lsdaEncoding: number;
  readonly personality: EncodedPointer | undefined;
  readonly signalFrame: boolean;
  readonly instructionsStart: number;
  readonly instructionsEnd: number;
}

/**
 * @param cursor starts at the section's start, stands behind the CIE id and may read to the end of the entry
 * @throws FormatError when a part that the FDEs cannot do without is missing or unknown
 */
export function readCommonEntry(cursor: ByteCursor, offset: number, sectionBases: PointerBases): CommonEntry {
  const version = cursor.u8();
  if (version !== 1 && version !== 3 && version !== 4) {
    throw new FormatError('bad-cie-version', `CIE version ${version}`, sectionBases.section + BigInt(offset));
  }
  const augmentation = readAugmentation(cursor);
  let addressSize = sectionBases.addressSize;
  let segmentSize = 0;
  if (version === 4) {
    const size = cursor.u8();
    if (size !== 4 && size !== 8) throw new FormatError('bad-address-size', `CIE with addresses of ${size} bytes`);
    addressSize = size;
    segmentSize = cursor.u8();
  }
  // GCC 2 put a pointer to its own exception table here.
  if (augmentation === 'eh') cursor.skip(addressSize);
  const codeAlignment = cursor.ulebNumber();
  const dataAlignment = cursor.sleb();
  const returnAddressRegister = version === 1 ? cursor.u8() : cursor.ulebNumber();
  const data = readAugmentationData(cursor, augmentation, { ...sectionBases, addressSize });
  return {
    offset,
    addressSize,
    segmentSize,
    codeAlignment,
    dataAlignment,
    returnAddressRegister,
    ...data,
    instructionsStart: cursor.position,
    instructionsEnd: cursor.bytes.length,
  };
}

function readAugmentation(cursor: ByteCursor): string {
  let text = '';
  for (const byte of cursor.cString()) text += String.fromCharCode(byte);
  return text;
}

type AugmentationData = Pick<
  CommonEntry,
  'hasAugmentationData' | 'pointerEncoding' | 'lsdaEncoding' | 'personality' | 'signalFrame'
>;

function readAugmentationData(cursor: ByteCursor, augmentation: string, bases: PointerBases): AugmentationData {
  const sized = augmentation.startsWith('z');
  const end = sized ? cursor.ulebNumber() + cursor.position : cursor.position;
  const data = {
    hasAugmentationData: sized,
    pointerEncoding: ABSOLUTE,
    lsdaEncoding: OMITTED,
    personality: undefined as EncodedPointer | undefined,
    signalFrame: false,
  };
  if (augmentation === 'eh') return data;
  for (const letter of sized ? augmentation.slice(1) : augmentation) {
    if (letter === 'L') data.lsdaEncoding = cursor.u8();
    else if (letter === 'P') data.personality = readEncodedPointer(cursor, cursor.u8(), bases);
    else if (letter === 'R') data.pointerEncoding = cursor.u8();
    else if (letter === 'S') data.signalFrame = true;
    // B: return addresses are signed with key B; G: tagged stack (both aarch64). Neither has data.
    else if (letter !== 'B' && letter !== 'G') {
      // The length tells where to go on; without one nothing behind it can be found.
      if (sized) break;
      throw new FormatError('bad-augmentation', `augmentation "${augmentation.slice(0, 16)}" is not known`);
    }
  }
  if (sized) cursor.seek(end);
  return data;
}
