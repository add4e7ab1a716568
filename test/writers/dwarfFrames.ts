import { DwarfBytes } from './dwarfBytes.js';

/** What a hand-made CIE may differ in from the one GCC writes for x86-64. */
export interface CommonEntryShape {
  readonly version?: number;
  readonly augmentation?: string;
  /** Of the augmentation, without its length. */
  readonly data?: readonly number[];
  readonly codeAlignment?: number;
  readonly dataAlignment?: number;
  readonly returnAddressRegister?: number;
  /** Define the CFA as rsp + 8 and the return address at CFA - 8, unless given. */
  readonly instructions?: readonly number[];
}

/** An `.eh_frame` or `.debug_frame` section being put together; addresses in it are link addresses. */
export class FrameWriter {
  readonly out = new DwarfBytes();

  constructor(
    readonly address: bigint,
    readonly name: '.eh_frame' | '.debug_frame' = '.eh_frame',
  ) {}

  /** Returns its offset. */
  common(shape: CommonEntryShape = {}): number {
    const at = this.out.length;
    const augmentation = shape.augmentation ?? (this.name === '.eh_frame' ? 'zR' : '');
    const data = shape.data ?? (augmentation === 'zR' ? [0x1b] : []);
    this.out.sized((body) => {
      body.u32(this.name === '.eh_frame' ? 0 : 0xffffffff);
      body.u8(shape.version ?? 1).text(augmentation);
      if (shape.version === 4) body.u8(8, 0);
      body.uleb(shape.codeAlignment ?? 1).sleb(shape.dataAlignment ?? -8);
      if ((shape.version ?? 1) === 1) body.u8(shape.returnAddressRegister ?? 16);
      else body.uleb(shape.returnAddressRegister ?? 16);
      if (augmentation.startsWith('z')) body.uleb(data.length);
      body.append(data);
      body.append(shape.instructions ?? [0x0c, 7, 8, 0x90, 1]);
    }, 8);
    return at;
  }

  /** An FDE with pc-relative 32-bit (`.eh_frame`) or plain 64-bit (`.debug_frame`) addresses; returns its offset. */
  function(
    common: number,
    start: bigint,
    length: number,
    instructions: readonly number[],
    lsda?: readonly number[],
  ): number {
    const at = this.out.length;
    this.out.sized((body) => {
      if (this.name === '.eh_frame') {
        body.u32(at + 4 - common);
        body.u32(Number(BigInt.asIntN(32, start - (this.address + BigInt(at) + 8n)))).u32(length);
        body.uleb(lsda?.length ?? 0).append(lsda ?? []);
      } else {
        body.u32(common).u64(start).u64(BigInt(length));
      }
      body.append(instructions);
    }, 8);
    return at;
  }

  section(): { bytes: Uint8Array; address: bigint } {
    return { bytes: this.out.bytes(), address: this.address };
  }

  /** An `.eh_frame_hdr` at `address` over the given functions. */
  searchTable(
    address: bigint,
    functions: readonly { start: bigint; entry: number }[],
  ): { bytes: Uint8Array; address: bigint } {
    const out = new DwarfBytes().u8(1, 0x1b, 0x03, 0x3b);
    out.u32(Number(BigInt.asIntN(32, this.address - address - 4n))).u32(functions.length);
    for (const { start, entry } of functions) {
      out.u32(Number(BigInt.asIntN(32, start - address)));
      out.u32(Number(BigInt.asIntN(32, this.address + BigInt(entry) - address)));
    }
    return { bytes: out.bytes(), address };
  }
}
