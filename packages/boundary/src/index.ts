export type { Boundary, BoundaryExit } from './boundary';
export { computeBoundary, type ComputeBoundaryOptions } from './compute-boundary';
export { drawBoundary } from './draw-boundary';
export { drawPoints, type DrawPointsOptions } from './points/draw-points';
export type { PointSet } from './points/point-set';
export { type ShapeName, shapeNames } from './points/shapes';
