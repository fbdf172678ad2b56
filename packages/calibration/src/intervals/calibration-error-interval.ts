import { type Confidences, reliabilityBins } from '../metrics/reliability';
import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from './estimate';
import { normalCdf } from './normal-distribution';

const DEFAULT_BINS = 15;

/**
 * The expected calibration error Ê = Σ n_b/n · |d_b|, d_b = confidence − accuracy in a bin, with an interval. Chance
 * alone makes Ê too large, the more so the fewer samples a bin has, and the interval corrects for that:
 *
 * from Ê − bias(m) − z·s to Ê − bias(d) + z·s, s² = Σ (n_b/n)² s_b²
 *
 * bias(d) = Σ n_b/n · (E|N(d_b, s_b²)| − |d_b|) is what chance adds if the true distances are d. These are unknown, so
 * each end of the interval takes the safe side: the distances as measured, or the distances less what chance explains,
 * m_b² = max(0, d_b² − s_b²). So the interval covers at least as often as stated, and begins at 0 if the confidences
 * may be right.
 *
 * @param confidence Between 0 and 1; 0.95 unless given.
 * @param bins Of equal width; 15 unless given.
 * @throws ArgumentError for a confidence out of range
 */
export function calibrationErrorInterval(
  confidences: Confidences,
  confidence = DEFAULT_CONFIDENCE,
  bins = DEFAULT_BINS,
): Estimate {
  const z = standardErrorsOf(confidence, 'calibrationErrorInterval');
  const samples = confidences.correct.length;
  let value = 0;
  let variance = 0;
  let smallestBias = 0;
  let largestBias = 0;
  for (const { count, confidence: sure, accuracy } of reliabilityBins(confidences, bins)) {
    if (sure === null || accuracy === null) continue;
    const weight = count / samples;
    const distance = Math.abs(sure - accuracy);
    // With one extra sample, half of it right, because a bin whose samples are all right is not certain.
    const share = (count * accuracy + 0.5) / (count + 1);
    const error = Math.sqrt((share * (1 - share)) / count);
    value += weight * distance;
    variance += (weight * error) ** 2;
    smallestBias += weight * foldingBias(distance, error);
    largestBias += weight * foldingBias(Math.sqrt(Math.max(0, distance ** 2 - error ** 2)), error);
  }
  const reach = z * Math.sqrt(variance);
  return {
    value,
    low: Math.max(0, value - largestBias - reach),
    high: Math.min(1, Math.max(value, value - smallestBias + reach)),
  };
}

/** E|X| − m for a normal X with mean m ≥ 0: how much taking the absolute value adds. */
function foldingBias(mean: number, error: number): number {
  const ratio = mean / error;
  return error * Math.sqrt(2 / Math.PI) * Math.exp(-(ratio ** 2) / 2) - 2 * mean * normalCdf(-ratio);
}
