export type { HostTensor, TensorValues } from './safetensors/host-tensor';
export { readFloatTensors, readSafetensors, type SafetensorsFile } from './safetensors/read-safetensors';
export { safetensorsParts, writeSafetensors } from './safetensors/write-safetensors';
