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
export { collectResults, type Results } from './results/collect-results';
export { keepAnswers, type KeepAnswersOptions } from './results/keep-answers';
export {
  ANSWERS_ENDING,
  type AnsweredNetwork,
  type KeptAnswers,
  readAnswers,
  writeAnswers,
} from './results/kept-answers';
export { type NetworkResult, networkResult, type NetworkResultOptions } from './results/network-result';
export { resultFiles, writeResults, type WriteResultsOptions } from './results/write-results';
