import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { simulate } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { compareWithCalibration, monitorPromise, monitorStream } from './stream-monitor';

const calibration = inventLogits({ samples: 1000, seed: 1 });
const policy: ExitPolicy = { criterion: 'max-probability', thresholds: [0.8, 0.8] };

describe('monitorStream', () => {
  it('says that a reference is too small to see small shifts', () => {
    expect(monitorStream(calibration, policy).note).toContain('1000');
    expect(monitorStream(inventLogits({ samples: 6000, seed: 1 }), policy).note).toBeNull();
  });
});

describe('compareWithCalibration', () => {
  it('sees at once what has shifted, and nothing in answers of the same kind', () => {
    const same = simulate(inventLogits({ samples: 1000, seed: 2 }), policy).scores;
    expect(compareWithCalibration(calibration, policy, same).shifted).toBe(false);
    const lower = same.map((score) => score - 0.05);
    expect(compareWithCalibration(calibration, policy, lower)).toMatchObject({ shifted: true });
  });
});

describe('monitorPromise', () => {
  it('raises the alarm once, where more is lost than was promised', () => {
    const monitor = monitorPromise({ loss: 'consistency', risk: 0.02 });
    const words: (string | null)[] = [];
    for (let i = 0; i < 300; i++) {
      words.push(monitor.observe({ class: i % 5 === 0 ? 1 : 0, finalClass: 0, label: null }));
    }
    expect(words.filter((each) => each !== null)).toHaveLength(1);
    expect(monitor.message).toContain('More is lost than the risk of at most 0.02');
    expect(monitor.seen).toBe(300);
  });

  it('counts the accuracy lost by true classes alone, and a gain as a gain', () => {
    const monitor = monitorPromise({ loss: 'gap', risk: 0.02 });
    for (let i = 0; i < 300; i++) {
      expect(monitor.observe({ class: 0, finalClass: 1, label: i % 2 === 0 ? 0 : null })).toBeNull();
    }
    expect(monitor.seen).toBe(150);
  });

  it('watches one loss over all answers', () => {
    expect(() => monitorPromise({ loss: 'gap', risk: 0.02, inEach: 'class' })).toThrow('within each class');
  });
});
