import type { EvaluationOrigin } from '@earlyexit/evaluation';
import type { Workbench } from './workbench';

/** What an evaluation on the test split says about where it comes from. */
export function aboutTest(bench: Workbench): EvaluationOrigin {
  return {
    model: bench.model.metadata.name,
    dataset: bench.data.dataset,
    split: 'test',
    engine: bench.engine.name,
    exitNames: bench.model.metadata.exits.map(({ name }) => name),
  };
}
