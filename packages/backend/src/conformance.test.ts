import { describe, expect, it } from 'vitest';
import { selectEngine } from './select-engine';
import { tf } from './tf';

const rng = (seed: number) => () => { seed = (seed * 1664525 + 1013904223) >>> 0; return seed / 2 ** 32; };
describe('convolutions', () => {
  for (let seed = 1; seed < 60; seed++) {
    const r = rng(seed * 7919 + 1); r(); r();
    const int = (a: number, b: number) => a + Math.floor(r() * (b - a + 1));
    const kh = int(1, 5), kw = int(1, 5), ci = int(1, 9), co = int(1, 22), s: [number, number] = [int(1, 3), int(1, 3)];
    const n = int(1, 9), h = int(kh, kh + 9), w = int(kw, kw + 9);
    const pads = ['same', 'valid', [[0, 0], [int(0, 3), int(0, 3)], [int(0, 3), int(0, 3)], [0, 0]]] as const;
    const pad = pads[int(0, 2)]!;
    it(JSON.stringify({ seed, n, h, w, ci, kh, kw, co, s, pad }), async () => {
      const run = async (e: 'cpu' | 'wasm') => {
        await selectEngine(e);
        const x = tf.randomNormal([n, h, w, ci], 0, 1, 'float32', seed) as tf.Tensor4D;
        const f = tf.randomNormal([kh, kw, ci, co], 0, 1, 'float32', seed + 1) as tf.Tensor4D;
        const y = tf.conv2d(x, f, s, pad as 'same');
        const dy = tf.randomNormal(y.shape, 0, 1, 'float32', seed + 2);
        const [dx, df] = tf.grads((x: tf.Tensor, f: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, s, pad as 'same'))([x, f], dy);
        return [await dx!.data(), await df!.data()];
      };
      const a = await run('cpu'), b = await run('wasm');
      for (let k = 0; k < 2; k++) {
        let m = 0, d = 0;
        a[k]!.forEach((v, i) => { m = Math.max(m, Math.abs(v as number)); d = Math.max(d, Math.abs((v as number) - (b[k]![i] as number))); if (Number.isNaN(b[k]![i])) d = Infinity; });
        expect(d).toBeLessThanOrEqual(1e-5 * m + 1e-7);
      }
    });
  }
});
