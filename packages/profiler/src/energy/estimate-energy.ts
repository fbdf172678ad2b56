import type { LayerProfile, ModelProfile } from '../profile-model';
import { type EnergyModel, type EnergyType, horowitz45nm } from './energy-model';

/** The energy of a part of a network for one sample. */
export interface Energy {
  /** Of multiply-accumulates. */
  readonly computeMicrojoules: number;
  /** Of moving weights and activations. */
  readonly memoryMicrojoules: number;
  readonly totalMicrojoules: number;
}

/** The energy that a network takes for one sample, by an energy model. */
export interface EnergyEstimate {
  /** The name of the energy model. */
  readonly model: string;
  readonly dtype: EnergyType;
  /** The plain network, without heads. */
  readonly static: Energy;
  /** The energy of leaving at each exit, every head on the way included; the final exit last. */
  readonly exits: readonly (Energy & {
    /** As a share of the plain network's. */
    readonly share: number;
  })[];
}

/** Options of `estimateEnergy`. */
export interface EstimateEnergyOptions {
  /** `horowitz45nm` unless given. */
  readonly energyModel?: EnergyModel | undefined;
  /** The type of weights and activations; float32 unless given. */
  readonly dtype?: EnergyType | undefined;
}

/** What an estimate needs of a profile. */
type EnergyProfile = Pick<ModelProfile, 'layers' | 'parametersWithExits'> & {
  readonly exits: readonly unknown[];
};

const PICOJOULES_PER_MICROJOULE = 1e6;
const BYTES: Readonly<Record<EnergyType, number>> = { float32: 4, float16: 2, int8: 1 };
/** The bytes per number in profiles. */
const PROFILED_BYTES = 4;

/**
 * Estimates the energy of a network from its profile: multiply-accumulates, and every weight, input and output of a
 * layer that has any, moved once per sample. All weights are in the smallest level of memory that holds them together,
 * the activations of a layer in the smallest that holds its inputs and outputs. Layers without multiply-accumulates
 * count as fused into others. This is a lower bound for hardware at batch 1, which neither reloads weights nor idles.
 *
 * @param profile the result of `profileModel`, or the document made of it
 */
export function estimateEnergy(
  { layers, exits, parametersWithExits }: EnergyProfile,
  { energyModel = horowitz45nm, dtype = 'float32' }: EstimateEnergyOptions = {},
): EnergyEstimate {
  const { memory, picojoulesPerMac } = energyModel;
  const size = BYTES[dtype];
  const toMove = (bytes: number): number =>
    (memory.find(({ capacityBytes }) => capacityBytes === null || bytes <= capacityBytes) ?? memory.at(-1)!)
      .picojoulesPerByte;
  const weightPicojoules = toMove(parametersWithExits * size);
  const energyOf = (chosen: readonly LayerProfile[]): Energy => {
    let compute = 0;
    let moved = 0;
    for (const { macs, parameters, inputBytes, activationBytes } of chosen) {
      if (macs === 0) continue;
      const activations = ((inputBytes + activationBytes) / PROFILED_BYTES) * size;
      compute += macs * picojoulesPerMac[dtype];
      moved += parameters * size * weightPicojoules + activations * toMove(activations);
    }
    const [computeMicrojoules, memoryMicrojoules] = [compute, moved].map(
      (picojoules) => picojoules / PICOJOULES_PER_MICROJOULE,
    ) as [number, number];
    return {
      ...{ computeMicrojoules, memoryMicrojoules },
      totalMicrojoules: computeMicrojoules + memoryMicrojoules,
    };
  };
  const plain = energyOf(layers.filter(({ isHead }) => !isHead));
  return {
    model: energyModel.name,
    dtype,
    static: plain,
    exits: exits.map((_, index) => {
      const energy = energyOf(layers.filter(({ usedBy }) => usedBy <= index));
      return { ...energy, share: energy.totalMicrojoules / plain.totalMicrojoules };
    }),
  };
}

/** The energy of a sample on average. */
export interface AverageEnergy {
  /** The name of the energy model. */
  readonly model: string;
  readonly dtype: EnergyType;
  readonly averageMicrojoules: number;
  /** The energy of the plain network. */
  readonly staticMicrojoules: number;
  /** The plain network's energy divided by the average. */
  readonly ratio: number;
}

/**
 * The mean energy of a sample.
 *
 * @param shares the shares of the samples that leave at each exit, the final one last
 */
export function averageEnergy(
  { model, dtype, static: plain, exits }: EnergyEstimate,
  shares: readonly number[],
): AverageEnergy {
  const average = exits.reduce(
    (sum, { totalMicrojoules }, exit) => sum + totalMicrojoules * (shares[exit] ?? 0),
    0,
  );
  return {
    ...{ model, dtype, averageMicrojoules: average },
    staticMicrojoules: plain.totalMicrojoules,
    ratio: plain.totalMicrojoules / average,
  };
}
