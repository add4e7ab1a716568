import { runtimeAddress } from '../base/addresses.js';
import { ByteCursor } from '../base/byteCursor.js';
import type { CoreImage } from '../core/coreImage.js';
import type { ModuleMap } from '../modules/moduleMap.js';

/**
 * The processor that the process ran on, `AMD family 26 model 2 stepping 1`, as CPUID told glibc's dynamic linker, which keeps it
 * (sysdeps/x86/include/cpu-features.h, `struct cpu_features_basic`) and gives its address by `_dl_x86_get_cpu_features`, since 2.33.
 *
 * @returns `undefined` without the dynamic linker's binary, with an older one or another C library, and where the page was not dumped
 */
export function processorModel(core: CoreImage, modules: ModuleMap): string | undefined {
  const base = core.auxv.get(AT_BASE);
  const linker = base === undefined ? undefined : modules.find(base);
  const getter = linker?.image?.symbols.findByName('_dl_x86_get_cpu_features');
  if (linker?.image === undefined || linker.bias === undefined || getter === undefined) return undefined;
  const place = returnedAddress(linker.image.readLink(getter.value, GETTER), getter.value);
  return place === undefined ? undefined : modelAt(core, place + linker.bias);
}

/** Where the dynamic linker is mapped (include/uapi/linux/auxvec.h). */
const AT_BASE = 7;

/** Bytes of `endbr64; lea disp(%rip),%rax; ret`. */
const GETTER = 12;

/** What a function returns that does nothing but give the address of a variable. */
function returnedAddress(code: Uint8Array, start: bigint): bigint | undefined {
  const at = ENDBR64.every((byte, i) => code[i] === byte) ? ENDBR64.length : 0;
  const isGetter = LEA_RIP_RAX.every((byte, i) => code[at + i] === byte) && code[at + 7] === RET;
  if (!isGetter) return undefined;
  const displacement = BigInt(new ByteCursor(code).seek(at + LEA_RIP_RAX.length).u32());
  return start + BigInt(at + 7) + BigInt.asIntN(32, displacement);
}

const ENDBR64: readonly number[] = [0xf3, 0x0f, 0x1e, 0xfa];
const LEA_RIP_RAX: readonly number[] = [0x48, 0x8d, 0x05];
const RET = 0xc3;

function modelAt(core: CoreImage, address: bigint): string | undefined {
  const { bytes } = core.memory.read(runtimeAddress(address), BASIC);
  if (bytes.length < BASIC) return undefined;
  const cursor = new ByteCursor(bytes);
  const [kind, , family, model, stepping] = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()];
  const vendor = VENDORS[kind];
  // CPUID leaf 1 has no room for more (Intel SDM 2A, CPUID): 4 + 8 bits of family, 8 of model, 4 of stepping.
  if (vendor === undefined || family === 0 || family > 270 || model > 255 || stepping > 15) return undefined;
  return `${vendor} family ${family} model ${model} stepping ${stepping}`;
}

/** Vendor, highest leaf, family, model, stepping, 4 bytes each. */
const BASIC = 20;

/** `enum cpu_features_kind`. */
const VENDORS: Readonly<Record<number, string>> = { 1: 'Intel', 2: 'AMD', 3: 'Zhaoxin', 4: 'other vendor' };
