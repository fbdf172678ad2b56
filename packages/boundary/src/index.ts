export type { Boundary, BoundaryExit } from './boundary';
export { computeBoundary, type ComputeBoundaryOptions } from './compute-boundary';
export { decideBoundary, type DecideOptions } from './decide-boundary';
export { drawBoundary } from './draw-boundary';
export { drawBoundaryPlot, PLOT_EXTENT, type PlotColors } from './draw-plot';
export {
  createPlaneExperiment,
  type PlaneExperiment,
  type PlaneExperimentOptions,
  type PlaneOpinions,
} from './plane-experiment';
export { drawPoints, type DrawPointsOptions } from './points/draw-points';
export type { PlaneMark, PointSet } from './points/point-set';
export { type ShapeName, shapeNames } from './points/shapes';
