import { describe, expect, it } from 'vitest';
import { averageCost, exitEconomy } from './exit-economy';

describe('exitEconomy', () => {
  it('pays from the share on at which the average is that of the network alone', () => {
    const economy = exitEconomy([30, 104], 100);
    expect(economy).toMatchObject({ leaving: 0.3, goingOn: 1.04 });
    expect(averageCost(economy, economy.paysFrom!)).toBeCloseTo(1, 12);
    expect(averageCost(economy, 1)).toBe(0.3);
    expect(averageCost(economy, 0)).toBe(1.04);
  });

  it('never pays where leaving costs what the network does', () => {
    expect(exitEconomy([100, 110], 100).paysFrom).toBeNull();
  });
});
