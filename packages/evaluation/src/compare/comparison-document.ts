import type { SearchAim } from '@earlyexit/calibration';
import type { EvaluationDocument, EvaluationOrigin } from '../evaluate/evaluation-document';
import type { ComparedPolicy, PolicyComparison } from './compare-policies';

/** A comparison of policies in plain JSON. The names and meanings of its fields are stable. */
export interface ComparisonDocument extends Pick<
  EvaluationDocument,
  'model' | 'dataset' | 'split' | 'samples' | 'engine' | 'static' | 'oracle'
> {
  readonly aim: SearchAim;
  /** The cheapest first. */
  readonly criteria: readonly ComparedPolicy[];
  /** The rule of the original example. */
  readonly oracleRule: ComparedPolicy;
  /** Every criterion that looks at the true classes, that rule first. */
  readonly oracleRules: readonly ComparedPolicy[];
}

/** Builds the document of a comparison. */
export function comparisonDocument(
  { policies: criteria, oracleRule, oracleRules }: PolicyComparison,
  { model, dataset, split, engine }: EvaluationOrigin,
  aim: SearchAim,
): ComparisonDocument {
  const { samples, static: plain, oracle } = oracleRule;
  return {
    ...{ model, dataset, split, samples, engine, aim },
    ...{ static: plain, oracle, criteria, oracleRule, oracleRules },
  };
}
