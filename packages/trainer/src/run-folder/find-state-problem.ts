import { isRecord } from '@earlyexit/core';

/** What a file with the weights of the best epoch is called: nothing else beside the checkpoints is read. */
const BEST_WEIGHTS_FILE = /^best-epoch-\d{4,15}\.safetensors$/;

/** The first problem with the state of a checkpoint, which may be any JSON value; null if there is none. */
export function findStateProblem(state: Readonly<Record<string, unknown>>): string | null {
  const { totals, history, best, optimizerNumbers, training } = state;
  for (const name of ['step', 'epoch', 'batch']) if (!isCount(state[name])) return `${name} is a count`;
  if (!isRecord(totals)) return 'totals is an object';
  const { losses, right, counted = 0 } = totals;
  if (!isList(losses, isFinite) || losses.length === 0) return 'totals.losses are numbers';
  const exits = losses.length;
  const isPerExit = (value: unknown, is: (item: unknown) => boolean): boolean =>
    isList(value, is) && value.length === exits;
  if (!isPerExit(right, isFinite)) return 'totals.right holds as many numbers as totals.losses';
  const sums = [totals['samples'], totals['seconds'], totals['waitSeconds'], totals['loss'], counted];
  if (!sums.every(isFinite)) return 'totals are numbers';
  if (!isList(history, (epoch) => isEpoch(epoch, isPerExit)))
    return 'history holds the metrics of each epoch';
  if (best !== null && !isBest(best)) return 'best is null or names an epoch, its score and its weights';
  if (!isRecord(optimizerNumbers) || !Object.values(optimizerNumbers).every(isFinite))
    return 'optimizerNumbers are numbers';
  return isRecord(training) ? null : 'training is an object';
}

function isEpoch(
  value: unknown,
  isPerExit: (value: unknown, is: (item: unknown) => boolean) => boolean,
): boolean {
  if (!isRecord(value)) return false;
  const { epoch, phase, step, trainLosses, trainAccuracy, validation } = value;
  const numbers = ['learningRate', 'trainLoss', 'imagesPerSecond', 'waitShare', 'seconds'];
  return (
    isCount(epoch) &&
    typeof phase === 'string' &&
    isCount(step) &&
    numbers.every((name) => isNumberOrNull(value[name])) &&
    isPerExit(trainLosses, isNumberOrNull) &&
    isPerExit(trainAccuracy, isNumberOrNull) &&
    (validation === null || isValidation(validation, isPerExit))
  );
}

function isValidation(
  value: unknown,
  isPerExit: (value: unknown, is: (item: unknown) => boolean) => boolean,
): boolean {
  if (!isRecord(value)) return false;
  const { loss, losses, accuracy, score, summary } = value;
  return (
    isNumberOrNull(loss) &&
    isNumberOrNull(score) &&
    isPerExit(losses, isNumberOrNull) &&
    isPerExit(accuracy, isNumberOrNull) &&
    (summary === null ||
      (isRecord(summary) &&
        isNumberOrNull(summary['top1']) &&
        isPerExit(
          summary['exits'],
          (exit) => isRecord(exit) && isNumberOrNull(exit['share']) && isNumberOrNull(exit['top1']),
        )))
  );
}

function isBest(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { epoch, score, weights } = value;
  if (!isCount(epoch) || epoch === 0 || !isNumberOrNull(score)) return false;
  if (weights === null) return true;
  if (!isRecord(weights)) return false;
  const { file, sha256 } = weights;
  return (
    typeof file === 'string' &&
    BEST_WEIGHTS_FILE.test(file) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}

/** What is not finite is null in JSON. */
function isNumberOrNull(value: unknown): boolean {
  return value === null || isFinite(value);
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isList(value: unknown, is: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(is);
}
