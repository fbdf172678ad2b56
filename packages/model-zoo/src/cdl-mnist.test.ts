import { selectEngine } from '@earlyexit/backend';
import { profileModel } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, getModelEntry } from './registry';

beforeAll(() => selectEngine('cpu'));

describe('the networks of Conditional Deep Learning', () => {
  it('cost what their layers multiply', () => {
    const two = createModel('cdl_mnist_2c');
    const first = 576 * 25 * 6;
    const whole = first + 64 * 25 * 6 * 12 + 192 * 10;
    expect(profileModel(two.model)).toMatchObject({ macs: whole, parameters: 156 + 1812 + 1930 });
    expect(two.metadata.exits.map((exit) => exit.macs)).toEqual([first + 8640, whole + 8640]);
    const three = createModel('cdl_mnist_3c');
    const [one, next] = [676 * 9 * 3, 100 * 16 * 3 * 6];
    const all = one + next + 9 * 9 * 6 * 9 + 36 * 10;
    expect(profileModel(three.model)).toMatchObject({ macs: all, parameters: 30 + 294 + 495 + 370 });
    expect(three.metadata.exits.map((exit) => exit.macs)).toEqual([
      one + 5070,
      one + next + 5070 + 1500,
      all + 6570,
    ]);
  });

  it('say that they are reconstructed, and have plain counterparts', () => {
    for (const name of ['cdl_mnist_2c', 'cdl_mnist_3c', 'mnist_2c', 'mnist_3c']) {
      const entry = getModelEntry(name);
      expect(entry.paper).toContain('not verified');
      expect(entry.description).toContain('reconstructed');
      expect(entry.exits > 0).toBe(name.startsWith('cdl'));
    }
  });

  it('leave by sigmoids and mean pooling', () => {
    const { model } = createModel('cdl_mnist_3c');
    const shapes = ['sigmoid1', 'pool1', 'pool2', 'sigmoid3', 'pool3', 'exit0_flatten'].map((name) =>
      (model.getLayer(name).outputShape as number[]).slice(1).join('×'),
    );
    expect(shapes).toEqual(['26×26×3', '13×13×3', '5×5×6', '3×3×9', '2×2×9', '507']);
  });
});
