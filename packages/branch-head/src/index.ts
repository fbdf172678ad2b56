export { type AttachOptions, attachExits } from './attaching/attach-exits';
export { keepExits } from './attaching/keep-exits';
export { boostExits } from './combining/boost-exits';
export { cascadeHeads, type CascadeHeadsOptions } from './combining/cascade-heads';
export { type ExitCombination, exitCombination } from './combining/exit-combination';
export { computeLogits, type ComputeLogitsOptions } from './compute-logits';
export type { ExitSpecification, HeadChoice } from './attaching/exit-specification';
export type { AveragePoolDenseOptions } from './heads/avgpool-dense';
export type { BottleneckOptions } from './heads/bottleneck';
export { type BranchConvolution, BRANCHYNET_NORMALIZATION, type BranchyNetOptions } from './heads/branchynet';
export type { ConvDenseOptions } from './heads/conv-dense';
export type { ConvPoolDenseOptions } from './heads/conv-pool-dense';
export type { MsdnetOptions } from './heads/msdnet';
export type { FeatureShape, HeadBuilder, HeadContext, HeadDefinition } from './heads/head';
export { getHead, type HeadName, type HeadOptions, listHeads, registerHead } from './heads/head-registry';
export { EnsembleLogits, type EnsembleLogitsArguments, type EnsembleMethod } from './layers/ensemble-logits';
export { GroupedConv2D, type GroupedConv2DArguments } from './layers/grouped-convolution';
export { HardSwish } from './layers/hard-swish';
export {
  LocalResponseNormalization,
  type LocalResponseNormalizationArguments,
} from './layers/local-response-normalization';
export { MixedPooling2D, type MixedPooling2DArguments } from './layers/mixed-pooling';
export { PaddedPooling2D, type PaddedPooling2DArguments } from './layers/padded-pooling';
export { StopGradient } from './layers/stop-gradient';
export { registerLayers } from './layers/register-layers';
export { layerSeed } from './layer-seed';
export { foldLogitScaling, type LogitScaling } from './fold-logit-scaling';
export { fromModelArtifacts, toModelArtifacts } from './saving/model-artifacts';
export type {
  DataMetadata,
  ExitMetadata,
  MultiExitMetadata,
  MultiExitModel,
  Polarity,
  Preprocessing,
} from './metadata/multi-exit-model';
export type { FittedOn, PolicyMetadata, PromiseMetadata, RejectMetadata } from '@earlyexit/exit-criteria';
export type { LoadOrigin, LoadSamples, SampleSource } from './sample-source';
export { splitStages, type Stage, type StageResult } from './split-stages';
export { networkFacts, type NetworkFacts } from './metadata/network-facts';
export { withMetadata } from './metadata/with-metadata';
export { withPolicy } from './metadata/with-policy';
