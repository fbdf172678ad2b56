import { ArgumentError, describeValue, isRecord } from '@earlyexit/core';
import { FITTED_PARTS, isCriterionName, isFittedOn } from '@earlyexit/exit-criteria';
import { FINAL_EXIT_NAME, FORMAT_VERSION, type MultiExitMetadata } from './multi-exit-model';
import type { tfl } from '../tf';

/** A problem with metadata. */
export interface MetadataProblem {
  readonly field: string;
  readonly rule: string;
  readonly received: string;
}

/**
 * Finds the first problem with `value` as the metadata of `model`; `null` if there is none. Assumes nothing about
 * `value`, which may come from a file.
 */
export function findMetadataProblem(value: unknown, model: tfl.LayersModel): MetadataProblem | null {
  if (!isRecord(value)) return problem('metadata', 'is an object', value);
  const classes = model.outputs.at(-1)?.shape.at(-1);
  const exitCount = model.outputs.length;
  const shapes = model.outputs.map((output) => output.shape.slice(1));
  return (
    check(
      typeof classes === 'number' &&
        classes >= 2 &&
        shapes.every((shape) => shape.length === 1 && shape[0] === classes),
      'classes',
      'are the logits of every output',
      shapes,
    ) ??
    check(value['format'] === 'earlyexit', 'format', "is 'earlyexit'", value['format']) ??
    check(value['formatVersion'] === FORMAT_VERSION, 'formatVersion', 'is 1', value['formatVersion']) ??
    check(typeof value['name'] === 'string', 'name', 'is a string', value['name']) ??
    check(
      isList(value['classes'], (item) => typeof item === 'string') && value['classes'].length === classes,
      'classes',
      `holds one name per class, ${String(classes)} here`,
      value['classes'],
    ) ??
    findPreprocessingProblem(value['preprocessing'], model) ??
    findExitsProblem(value['exits'], exitCount) ??
    check(isCount(value['staticMacs']), 'staticMacs', 'is a whole number, 0 or more', value['staticMacs']) ??
    check(
      value['lossWeights'] === null || isWeights(value['lossWeights'], exitCount),
      'lossWeights',
      `is null or holds ${String(exitCount)} numbers, 0 or more, one per exit, the final exit last`,
      value['lossWeights'],
    ) ??
    findPolicyProblem(value['policy'], exitCount) ??
    findDataProblem(value['data'] ?? null) ??
    check(
      value['fittedOn'] === undefined || isList(value['fittedOn'], isFittedOn),
      'fittedOn',
      `lists what (${FITTED_PARTS.join(', ')}) was fitted on samples of which fingerprint, and on how many`,
      value['fittedOn'],
    )
  );
}

/**
 * Refuses metadata that does not fit the model.
 *
 * @throws ArgumentError with the field, the rule and the value.
 */
export function assertMetadata(metadata: MultiExitMetadata, model: tfl.LayersModel, where: string): void {
  const found = findMetadataProblem(metadata, model);
  if (found === null) return;
  throw new ArgumentError({
    where: `${where}.${found.field}`,
    rule: `${found.field} ${found.rule}`,
    received: found.received,
  });
}

function findPreprocessingProblem(value: unknown, model: tfl.LayersModel): MetadataProblem | null {
  if (value === null) return null;
  const shape = model.inputs[0]?.shape.slice(1) ?? [];
  if (!isRecord(value)) return problem('preprocessing', 'is null or an object', value);
  const { inputShape, mean, standardDeviation, polarity = null, shorterSide } = value;
  const channels = shape.at(-1);
  return (
    check(
      isList(inputShape, isCount) &&
        inputShape.length === 3 &&
        inputShape.every((size, axis) => shape[axis] === null || shape[axis] === size),
      'preprocessing.inputShape',
      `is the network's input, [${shape.map(String).join(', ')}]`,
      inputShape,
    ) ??
    check(
      isList(mean, isFinite) && mean.length === channels,
      'preprocessing.mean',
      `holds one number per channel, ${String(channels)} here`,
      mean,
    ) ??
    check(
      isList(standardDeviation, (item) => isFinite(item) && item > 0) &&
        standardDeviation.length === channels,
      'preprocessing.standardDeviation',
      `holds one number above 0 per channel, ${String(channels)} here`,
      standardDeviation,
    ) ??
    check(
      polarity === null || polarity === 'light-on-dark' || polarity === 'dark-on-light',
      'preprocessing.polarity',
      'is light-on-dark, dark-on-light or null',
      polarity,
    ) ??
    check(
      shorterSide === undefined || (isCount(shorterSide) && shorterSide >= (shape[0] ?? 1)),
      'preprocessing.shorterSide',
      'is a whole number of pixels, no smaller than the input',
      shorterSide,
    )
  );
}

function findExitsProblem(value: unknown, count: number): MetadataProblem | null {
  if (!isList(value, isRecord) || value.length !== count) {
    return problem('exits', `holds one entry per output, ${String(count)} here`, value);
  }
  const names = new Set(value.map((exit) => exit['name']));
  for (const [index, exit] of value.entries()) {
    const field = `exits[${String(index)}]`;
    const isFinal = index === count - 1;
    const found =
      check(
        typeof exit['name'] === 'string' && (exit['name'] === FINAL_EXIT_NAME) === isFinal,
        `${field}.name`,
        isFinal ? `is '${FINAL_EXIT_NAME}'` : `is a string, not '${FINAL_EXIT_NAME}'`,
        exit['name'],
      ) ??
      check(
        isNameOrNull(exit['attachedAfter']),
        `${field}.attachedAfter`,
        'is a string or null',
        exit['attachedAfter'],
      ) ??
      check(isNameOrNull(exit['head']), `${field}.head`, 'is a string or null', exit['head']) ??
      check(isCount(exit['macs']), `${field}.macs`, 'is a whole number, 0 or more', exit['macs']) ??
      check(
        isCount(exit['backboneMacs']),
        `${field}.backboneMacs`,
        'is a whole number, 0 or more',
        exit['backboneMacs'],
      ) ??
      check(isCount(exit['headMacs']), `${field}.headMacs`, 'is a whole number, 0 or more', exit['headMacs']);
    if (found !== null) return found;
  }
  return check(names.size === value.length, 'exits', 'have names of their own', [...names].join(', '));
}

function findPolicyProblem(value: unknown, exitCount: number): MetadataProblem | null {
  if (value === null) return null;
  if (!isRecord(value)) return problem('policy', 'is null or an object', value);
  const { criterion, thresholds, temperatures, promise = null, expected = null, reject = null } = value;
  return (
    check(
      typeof criterion === 'string' && isCriterionName(criterion),
      'policy.criterion',
      'is the name of a criterion that is registered',
      criterion,
    ) ??
    check(
      isList(thresholds, (item) => item === null || item === 'always' || isFinite(item)) &&
        thresholds.length === exitCount - 1,
      'policy.thresholds',
      `holds one number, null or "always" per early exit, ${String(exitCount - 1)} here`,
      thresholds,
    ) ??
    check(
      isList(temperatures, (item) => isFinite(item) && item > 0) && temperatures.length === exitCount,
      'policy.temperatures',
      `holds one number above 0 per exit, the final one included, ${String(exitCount)} here`,
      temperatures,
    ) ??
    check(
      promise === null || isPromise(promise),
      'policy.promise',
      'is null or tells its method, loss, risk, delta, samples, empiricalRisk, bound and statement',
      promise,
    ) ??
    check(
      expected === null || isExpected(expected),
      'policy.expected',
      'is null or tells its confidence, samples and folds, and accuracyDrop and macsRatio with intervals',
      expected,
    ) ??
    check(
      reject === null || isReject(reject),
      'policy.reject',
      'is null or tells below, risk, delta, samples, coverage, empiricalRisk and statement',
      reject,
    )
  );
}

function findDataProblem(value: unknown): MetadataProblem | null {
  if (value === null) return null;
  if (!isRecord(value)) return problem('data', 'is null or an object', value);
  const { dataset, seed, sizes, fingerprints } = value;
  return (
    check(typeof dataset === 'string', 'data.dataset', 'is a string', dataset) ??
    check(isCount(seed), 'data.seed', 'is a whole number, 0 or more', seed) ??
    check(
      isRecord(sizes) && Object.values(sizes).every(isCount),
      'data.sizes',
      'holds a whole number for each split',
      sizes,
    ) ??
    check(
      isRecord(fingerprints) && Object.values(fingerprints).every((each) => typeof each === 'string'),
      'data.fingerprints',
      'holds a string for each split',
      fingerprints,
    )
  );
}

function isPromise(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { inEach = 'class', joint = {} } = value;
  if (inEach !== 'class' || !isRecord(joint) || !Object.values(joint).every(isFinite)) return false;
  const isText = (name: string): boolean => typeof value[name] === 'string';
  const isShare = (name: string): boolean => isFinite(value[name]) && Math.abs(value[name]) <= 1;
  return (
    ['method', 'loss', 'statement'].every(isText) &&
    ['risk', 'empiricalRisk'].every(isShare) &&
    ['delta', 'bound'].every((name) => value[name] === null || isShare(name)) &&
    isCount(value['samples'])
  );
}

function isExpected(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const isFigure = (name: string): boolean => {
    const figure = value[name];
    return isRecord(figure) && ['value', 'low', 'high'].every((part) => isFinite(figure[part]));
  };
  return (
    ['accuracyDrop', 'macsRatio'].every(isFigure) &&
    isFinite(value['confidence']) &&
    ['samples', 'folds'].every((name) => isCount(value[name]))
  );
}

function isReject(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const shares = ['below', 'risk', 'delta', 'coverage', 'empiricalRisk'].map((name) => value[name]);
  return (
    shares.every((share) => isFinite(share) && share >= 0 && share <= 1) &&
    isCount(value['samples']) &&
    typeof value['statement'] === 'string'
  );
}

function isWeights(value: unknown, count: number): boolean {
  return isList(value, (item) => isFinite(item) && item >= 0) && value.length === count;
}

function isNameOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

function isList<Item>(value: unknown, is: (item: unknown) => item is Item): value is Item[];
function isList(value: unknown, is: (item: unknown) => boolean): value is unknown[];
function isList(value: unknown, is: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(is);
}

function check(holds: boolean, field: string, rule: string, received: unknown): MetadataProblem | null {
  return holds ? null : problem(field, rule, received);
}

function problem(field: string, rule: string, received: unknown): MetadataProblem {
  return { field, rule, received: describeValue(received) };
}
