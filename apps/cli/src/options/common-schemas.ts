import { engine, flag, text, wholeNumber } from './option-values';

/** The checks of `addEngineOptions`. */
export const engineOptions = {
  engine: engine().optional(),
  threads: wholeNumber().optional(),
};

/** The checks of `addDatasetOptions`. */
export const datasetOptions = {
  dataset: text().optional(),
  dataDir: text().optional(),
  skipBroken: flag().optional(),
  download: flag().optional(),
};
