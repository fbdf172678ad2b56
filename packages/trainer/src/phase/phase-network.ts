import { ArgumentError } from '@earlyexit/core';
import { ancestors, backboneNodes, type LayerGraph } from '@earlyexit/profiler';
import { createForwardPass } from '../step/forward-pass';
import { findHints, type Hints } from '../step/hint-loss';
import type { Distillation } from '../step/joint-loss';
import { isFrozen, type NamedWeight } from '../weights/named-weights';
import { createParameterVector, type ParameterVector } from '../weights/parameter-vector';
import type { TrainingPhase } from '../regimes/regime';
import type { TrainingObjective } from '../regimes/training-objective';
import type { tfl } from '../tf';
import type { GradientSettings } from '../step/training-step';

/** What a phase does with a network, as plain data: the threads that share its batches get the same. */
export interface PhaseDescription {
  /** Indices of the exits that are computed. */
  readonly computed: readonly number[];
  /** Keys of the weights that are trained, in the order of the parameter vector. */
  readonly trained: readonly string[];
  /** Keys of the weights that layers move by themselves when they train: the moving statistics. */
  readonly moving: readonly string[];
  /** Names of the layers that run in training mode. */
  readonly training: readonly string[];
  readonly distillation: Distillation | null;
  readonly objective: TrainingObjective;
  readonly hints: Hints | null;
  /** Whether gradients are weighted where heads meet the backbone. */
  readonly isBalanced: boolean;
  /** Whether the exits answer alone, before an ensemble. */
  readonly answersAlone: boolean;
}

const ENSEMBLE = 'EnsembleLogits';

/** A network made ready for one phase. */
export interface PhaseNetwork {
  readonly parameters: ParameterVector;
  /** The moving statistics. */
  readonly moving: ParameterVector;
  /** All weights, those that the phase leaves alone included. */
  readonly everything: ParameterVector;
  readonly gradient: GradientSettings;
  dispose(): void;
}

/**
 * What a phase does with a network.
 *
 * @throws ArgumentError if the network has nothing that the phase trains
 */
export function describePhase(
  phase: TrainingPhase,
  graph: LayerGraph,
  weights: readonly NamedWeight[],
): PhaseDescription {
  const trains = trainedLayers(phase, graph);
  const trained = weights.filter(
    ({ layer, weight }) => trains(layer) && layer.trainableWeights.includes(weight),
  );
  if (trained.length === 0) {
    throw new ArgumentError({
      where: `train, phase ${phase.name}`,
      rule: 'the network must have weights that are not frozen in what the phase trains',
      received: typeof phase.trains === 'string' ? phase.trains : `head ${phase.trains.head}`,
      remedy: 'Set trainable on some of its layers, or choose another regime',
    });
  }
  const final = graph.outputs.length - 1;
  const computed = [...graph.outputs.keys()].filter((exit) =>
    typeof phase.exits === 'object'
      ? phase.exits.exit === exit
      : phase.exits === 'all' || (phase.exits === 'early') === exit < final,
  );
  const hint = phase.distillation?.hint ?? 0;
  const keysOf = (some: readonly NamedWeight[]): string[] => some.map(({ key }) => key);
  return {
    computed,
    trained: keysOf(trained),
    moving: keysOf(
      weights.filter(({ layer, weight }) => trains(layer) && layer.nonTrainableWeights.includes(weight)),
    ),
    training: [...new Set(graph.nodes.filter(({ layer }) => trains(layer)).map(({ name }) => name))],
    distillation: phase.distillation,
    objective: phase.objective ?? 'cross-entropy',
    hints: hint === 0 ? null : findHints(graph, computed, hint),
    isBalanced: phase.isBalanced ?? false,
    answersAlone: phase.answersAlone ?? false,
  };
}

/** Makes a network ready for a phase. */
export function openPhaseNetwork(
  description: PhaseDescription,
  graph: LayerGraph,
  weights: readonly NamedWeight[],
  settings: Pick<GradientSettings, 'imageShape' | 'classes' | 'labelSmoothing'>,
): PhaseNetwork {
  const byKey = new Map(weights.map((weight) => [weight.key, weight]));
  const select = (keys: readonly string[]): ParameterVector =>
    createParameterVector(keys.map((key) => byKey.get(key) as NamedWeight));
  const parameters = select(description.trained);
  const moving = select(description.moving);
  const everything = createParameterVector(weights);
  const names = new Set(description.training);
  const inTraining = new Set(graph.nodes.filter(({ name }) => names.has(name)).map(({ layer }) => layer));
  const penalized = [...inTraining].filter((layer) => layer.losses.length > 0);
  return {
    parameters,
    moving,
    everything,
    gradient: {
      forward: createForwardPass(
        description.answersAlone ? { ...graph, outputs: answersAlone(graph) } : graph,
        description.computed,
        (layer) => inTraining.has(layer),
        {
          isBalanced: description.isBalanced,
          further: description.hints?.features.map(({ id }) => id) ?? [],
        },
      ),
      parameters,
      distillation: description.distillation,
      objective: description.objective,
      hints: description.hints,
      penalties: () => penalized.flatMap((layer) => layer.calculateLosses()),
      ...settings,
    },
    dispose() {
      parameters.dispose();
      moving.dispose();
      everything.dispose();
    },
  };
}

/** Whether a layer is trained in a phase; the backbone is what the final exit needs, a head what it does not. */
function trainedLayers(phase: TrainingPhase, graph: LayerGraph): (layer: tfl.layers.Layer) => boolean {
  const { trains } = phase;
  const layers = (needed: ReadonlySet<string>): Set<tfl.layers.Layer> =>
    new Set(graph.nodes.filter((node) => needed.has(node.id)).map((node) => node.layer));
  const layersOf = (outputs: readonly string[]): Set<tfl.layers.Layer> => layers(ancestors(graph, outputs));
  const backbone = layers(backboneNodes(graph));
  if (typeof trains === 'object') {
    const head = layersOf(graph.outputs.slice(trains.head, trains.head + 1));
    const before = layersOf(graph.outputs.slice(0, trains.head));
    return (layer) => !isFrozen(layer) && head.has(layer) && !backbone.has(layer) && !before.has(layer);
  }
  const isEnsemble = (layer: tfl.layers.Layer): boolean => layer.getClassName() === ENSEMBLE;
  return (layer) => {
    if (isFrozen(layer) || (phase.answersAlone === true && isEnsemble(layer))) return false;
    if (trains === 'ensembles') return isEnsemble(layer);
    return trains === 'everything' || (trains === 'backbone') === backbone.has(layer);
  };
}

/** The logits of each exit before it answers together with others. */
function answersAlone(graph: LayerGraph): string[] {
  return graph.outputs.map((output) => {
    const maker = graph.nodes.find((node) => node.outputs.includes(output));
    return maker?.className === ENSEMBLE ? (maker.inputs.at(-1) as string) : output;
  });
}
