import type { MultiExitModel } from '../metadata/multi-exit-model';
import type { tfl } from '../tf';

/** What the exits of a network have from those before them: `boostExits`, or `cascadeHeads`. */
export type ExitCombination = 'boosted' | 'cascaded';

/** How the exits of a network are combined; null if each answers by itself. */
export function exitCombination({ model }: MultiExitModel): ExitCombination | null {
  const layers = model.outputs.map(({ sourceLayer }) => sourceLayer);
  if (layers.some((layer) => layer.getClassName() === 'EnsembleLogits')) return 'cascaded';
  return layers.at(-1)?.getClassName() === 'Add' && readsStopped(layers.at(-1)!) ? 'boosted' : null;
}

function readsStopped(layer: tfl.layers.Layer): boolean {
  const [application] = layer.inboundNodes;
  return application?.inboundLayers.some((each) => each.getClassName() === 'StopGradient') === true;
}
