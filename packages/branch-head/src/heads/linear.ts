import type { HeadDefinition } from './head';
import { classifier } from './head-layers';

/** Flatten, dense: the linear classifier of Conditional Deep Learning (Panda, Sengupta, Roy, 2016). */
export const linear: HeadDefinition = {
  name: 'linear',
  description: 'flatten, dense; the linear classifier of Conditional Deep Learning',
  misfit: (shape) =>
    shape.length > 0 && shape.every((size) => size !== null) ? null : 'needs features of a fixed size',
  build: (features, context) => classifier(features, context),
};
