export { compareFigures, figureOf } from './compare-figures';
export { figureTitles, formatFigure } from './figure-words';
export { listRecipes, readRecipe } from './read-recipe';
export {
  type FigureName,
  figureNames,
  type Recipe,
  type RecipeAim,
  recipeSchema,
  type RecipeSystem,
} from './recipe';
export { type ReproducedFiles, reproduce } from './reproduce';
export type { ReproduceOptions } from './reproduce-options';
export type { BarResult, ComparedFigure, CurvePoint, Machine, Reproduction, SystemResult } from './result';
