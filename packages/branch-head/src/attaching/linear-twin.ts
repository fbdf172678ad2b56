import type { tfl } from '../tf';

type LayerClass = tfl.layers.Layer['constructor'] & {
  fromConfig: (cls: unknown, config: object) => tfl.layers.Layer;
};

/**
 * A layer with the same name and configuration as `layer` but without an activation, which shares its weight variables.
 * `inputShape` includes the batch axis.
 */
export function linearTwin(layer: tfl.layers.Layer, inputShape: tfl.Shape): tfl.layers.Layer {
  const cls = layer.constructor as LayerClass;
  const twin = cls.fromConfig(cls, { ...layer.getConfig(), activation: 'linear' });
  twin.setFastWeightInitDuringBuild(true);
  twin.build(inputShape);
  twin.built = true;
  const originals = new Map(layer.weights.map((weight) => [bareName(weight), weight]));
  const own = new Map(twin.weights.map((weight) => [weight, originals.get(bareName(weight))!]));
  // Fields (kernel, bias) and the two lists of weights refer to the variables; all have to point to the originals.
  const fields = twin as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(fields)) {
    if (Array.isArray(value)) fields[field] = value.map((item: tfl.LayerVariable) => own.get(item) ?? item);
    else if (own.has(value as tfl.LayerVariable)) fields[field] = own.get(value as tfl.LayerVariable);
  }
  for (const weight of own.keys()) weight.dispose();
  return twin;
}

/** `kernel` for `scope/kernel`. */
function bareName(weight: tfl.LayerVariable): string {
  return weight.originalName.split('/').at(-1)!;
}
