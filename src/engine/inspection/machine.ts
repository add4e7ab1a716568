import type { MachineInfo } from '../../shared/report.js';
import type { CoreImage } from '../core/coreImage.js';
import type { ModuleMap } from '../modules/moduleMap.js';
import { kernelVersion } from './kernelVersion.js';
import { processorModel } from './processorModel.js';

/** What a core itself tells of the machine it is from; `undefined` when that is nothing. */
export function machineOf(core: CoreImage, modules: ModuleMap): MachineInfo | undefined {
  const kernel = kernelVersion(core);
  const processor = processorModel(core, modules);
  if (kernel === undefined && processor === undefined) return undefined;
  return { ...(kernel === undefined ? {} : { kernel }), ...(processor === undefined ? {} : { processor }) };
}
