import { layerSeed } from '@earlyexit/branch-head';
import { tfl } from './tf';

type Initializer = ReturnType<typeof tfl.initializers.randomNormal>;

/**
 * Normal weights of variance 2 / (kernel² · filters): He's initialisation over the fan-out, which the original
 * early-exit ResNets use for their convolutions.
 */
export function heNormalFanOut(
  kernelSize: number,
  filters: number,
  seed: number,
  layerName: string,
): Initializer {
  const standardDeviation = Math.sqrt(2 / (kernelSize * kernelSize * filters));
  return tfl.initializers.randomNormal({
    mean: 0,
    stddev: standardDeviation,
    seed: layerSeed(seed, layerName),
  });
}

/** Normal weights of variance 1 / fan-in: the default of Chainer, in which B-LeNet was written. */
export function normalFanIn(fanIn: number, seed: number, layerName: string): Initializer {
  return tfl.initializers.randomNormal({
    mean: 0,
    stddev: Math.sqrt(1 / fanIn),
    seed: layerSeed(seed, layerName),
  });
}

/** Weights uniform in ±1/√fan-in: the default of PyTorch's linear layers, which end the original's ResNets. */
export function uniformFanIn(fanIn: number, seed: number, layerName: string): Initializer {
  const bound = Math.sqrt(1 / fanIn);
  return tfl.initializers.randomUniform({
    minval: -bound,
    maxval: bound,
    seed: layerSeed(seed, layerName),
  });
}
