import type { LayerGraph } from './layer-graph';

/** The vector of features that the classifier of an exit reads. */
export interface ClassifierFeatures {
  /** Of the tensor, `[batch, size]`. */
  readonly tensorId: string;
  readonly size: number;
}

/**
 * The features behind the logits of an exit: the input of the dense layer that makes them; null where something else makes
 * them.
 *
 * @param logitsId the tensor of the logits
 */
export function classifierFeatures(
  { nodes }: Pick<LayerGraph, 'nodes'>,
  logitsId: string,
): ClassifierFeatures | null {
  const classifier = nodes.find((node) => node.outputs.includes(logitsId));
  const [shape] = classifier?.inputShapes ?? [];
  const size = shape?.[1];
  if (classifier?.className !== 'Dense' || shape?.length !== 2 || typeof size !== 'number') return null;
  return { tensorId: classifier.inputs[0]!, size };
}
