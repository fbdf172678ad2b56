import type { SearchAim } from '@earlyexit/calibration';
import type {
  ComparedPolicy,
  EvaluationDocument,
  EvaluationOrigin,
  PolicyComparison,
} from '@earlyexit/evaluation';

/** What `evaluate --criterion all --json` prints. */
export interface ComparisonDocument extends Pick<
  EvaluationDocument,
  'model' | 'dataset' | 'split' | 'samples' | 'engine' | 'static' | 'oracle'
> {
  readonly aim: SearchAim;
  /** The cheapest first. */
  readonly criteria: readonly ComparedPolicy[];
  readonly oracleRule: ComparedPolicy;
}

/** Puts a comparison under the names that `--json` gives it. */
export function comparisonDocument(
  { policies, oracleRule }: PolicyComparison,
  { model, dataset, split, engine }: EvaluationOrigin,
  aim: SearchAim,
  samples: number,
): ComparisonDocument {
  const { static: plain, oracle } = oracleRule;
  return {
    model,
    dataset,
    split,
    samples,
    engine,
    aim,
    static: plain,
    oracle,
    criteria: policies,
    oracleRule,
  };
}
