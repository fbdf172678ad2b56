import { adam, type AdamOptions } from './adam';
import type { Optimizer } from './optimizer';

/** Settings of {@link adamw}; `weightDecay` is 0.01 unless given. */
export type AdamWOptions = Omit<AdamOptions, 'decoupled'>;

/**
 * AdamW (Loshchilov & Hutter 2019): Adam whose weight decay is p ← p − r·weightDecay·p, apart from the gradient.
 *
 * @throws ArgumentError for settings out of their range
 */
export function adamw(options: AdamWOptions = {}): Optimizer {
  return { ...adam({ weightDecay: 0.01, ...options, decoupled: true }), name: 'adamw' };
}
