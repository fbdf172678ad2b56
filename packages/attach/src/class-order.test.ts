import { ArgumentError, randomStream, shuffledRows } from '@earlyexit/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementInOrder, placesOfClasses, requireOrder } from './class-order';

const of = { where: 'small and large', function: 'cascadeOnnx', argument: 'classes', remedy: 'Name them' };

describe('agreementInOrder', () => {
  it('finds any order in which the answers of two go together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.nat(), (classes, seed) => {
        const order = shuffledRows(classes, randomStream(seed));
        const random = randomStream(seed + 1);
        // Every class often; one answer in ten is another.
        const one = Int32Array.from({ length: 40 * classes }, (_, sample) => sample % classes);
        const other = one.map((each) => order[random() < 0.1 ? Math.floor(classes * random()) : each]!);
        const found = agreementInOrder(one, other, classes);
        expect(found.order).toEqual(order);
        expect(found.mapped).toBeGreaterThan(0.8);
      }),
      { numRuns: 30 },
    );
  });

  it('gives every class a place, whatever was answered', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 1 }), (pairs) => {
        const [one, other] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const { same, mapped, order } = agreementInOrder(one, other, 7);
        expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
        expect(mapped).toBeLessThanOrEqual(1);
        expect(same).toBeCloseTo(pairs.filter(([a, b]) => a === b).length / pairs.length, 9);
      }),
    );
  });

  it('keeps the order where nothing speaks for another', () => {
    const { order } = agreementInOrder([0, 1], [0, 2], 4);
    expect([...order]).toEqual([0, 2, 1, 3]);
    expect([...agreementInOrder([0, 1], [0, 1], 4).order]).toEqual([0, 1, 2, 3]);
  });
});

describe('requireOrder', () => {
  it('refuses another order that explains the answers, and says which', () => {
    const agreement = { same: 0.3, mapped: 0.9, order: Int32Array.of(2, 0, 1), samples: 20 };
    expect(() => requireOrder(agreement, of, {})).toThrow(
      'the same class for 30.0 % of the images, and for 90.0 % with the classes in the order 2, 0, 1',
    );
  });

  it('warns where two classes may have changed places, and is silent else', () => {
    const notes: string[] = [];
    const work = { onNote: ({ text }: { readonly text: string }) => notes.push(text) };
    const order = Int32Array.of(0, 2, 1);
    requireOrder({ same: 0.8, mapped: 0.9, order, samples: 59 }, of, work);
    requireOrder({ same: 0.8, mapped: 0.82, order, samples: 1000 }, of, work);
    expect(() => requireOrder({ same: 0.8, mapped: 0.9, order, samples: 60 }, of, work)).toThrow('0, 2, 1');
    expect(notes).toEqual([expect.stringContaining('look at the order of the classes')]);
  });
});

describe('placesOfClasses', () => {
  it('finds the classes of one list in another', () => {
    expect(placesOfClasses(['a', 'b', 'c'], ['c', 'a', 'b'], of)).toEqual([2, 0, 1]);
  });

  it.each([
    [['a', 'b'], ['a', 'c'], /no c among a, b/],
    [['a', 'a'], ['a', 'a'], /2 names, 1 different ones/],
    [['a', 'b', 'c'], ['a', 'b'], /3 names/],
    [['a', 'b'], undefined, /no classes of the last one/],
  ])('refuses %j for %j', (own, wanted, message) => {
    const find = () => placesOfClasses(own, wanted, of);
    expect(find).toThrow(ArgumentError);
    expect(find).toThrow(message);
  });
});
