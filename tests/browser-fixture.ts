import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { createSession } from '@earlyexit/inference/tfjs';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional } from '@earlyexit/onnx';

/** A network with exits as one file, and images that leave at each of them. */
export interface BrowserFixture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly images: { readonly data: Uint8Array; readonly count: number };
  /** One an early exit, far from every score, so that float32 rounding decides nothing. */
  readonly thresholds: readonly number[];
}

// Not a multiple of any batch size that is tried, so that there is a short last batch.
const COUNT = 71;
const PIXELS = 192;

/** Exports a tiny network whose thresholds let about a third of the images leave at each exit. */
export async function exportForBrowser(): Promise<BrowserFixture> {
  await selectEngine('cpu');
  const preprocessing = {
    inputShape: [8, 8, 3],
    mean: [0.5, 0.4, 0.3],
    standardDeviation: [0.2, 0.25, 0.3],
  } as const;
  const model = createModel('test_resnet_2exits', { preprocessing });
  const images = {
    data: Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => (i * 7919 + (i >> 5) * 104_729) % 256),
    count: COUNT,
  };
  const session = createSession(model);
  const thresholds: number[] = [];
  for (const words of [['always', 'always'] as const, ['never', 'always'] as const]) {
    const { scores } = await session.run(images, { criterion: 'margin', thresholds: words });
    const sorted = [...scores].sort((a, b) => b - a);
    const from = Math.round(COUNT * (words[0] === 'always' ? 1 / 3 : 2 / 3));
    const place = sorted.findIndex((score, i) => i >= from && sorted[i - 1]! - score > 1e-4);
    thresholds.push((sorted[place]! + sorted[place - 1]!) / 2);
  }
  const calibrated = withMetadata(model, {
    policy: { criterion: 'margin', thresholds, temperatures: [1, 1, 1] },
  });
  const bytes = await exportConditional(calibrated);
  model.model.dispose();
  return { bytes: Uint8Array.from(bytes), images, thresholds };
}
