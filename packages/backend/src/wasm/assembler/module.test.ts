import { describe, expect, it } from 'vitest';
import { f32, f32x4, i32, multiplyAdd, sequence, signed, unsigned, when } from './code';
import { ModuleWriter } from './module';

describe('LEB128', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [624_485, [0xe5, 0x8e, 0x26]],
  ])('writes %i unsigned', (value, bytes) => expect(unsigned(value)).toEqual(bytes));

  it.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-123_456, [0xc0, 0xbb, 0x78]],
  ])('writes %i signed', (value, bytes) => expect(signed(value)).toEqual(bytes));
});

describe('ModuleWriter', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const floats = new Float32Array(memory.buffer);

  it('compiles loops, branches and calls over shared memory', () => {
    const module = new ModuleWriter();
    const double = module.define(1, (_, at) =>
      f32.store(at.get, f32.add(f32.load(at.get), f32.load(at.get))),
    );
    module.define(
      2,
      (writer, at, count) =>
        when(count.get, writer.repeat(count.get, sequence(double.call(at.get), at.advance(4)))),
      'run',
    );
    floats.set([1, 2, 3, 4]);
    const { run } = module.instantiate(memory);
    run!(0, 3);
    expect(Array.from(floats.subarray(0, 4))).toEqual([2, 4, 6, 4]);
    run!(0, 0);
    expect(Array.from(floats.subarray(0, 4))).toEqual([2, 4, 6, 4]);
  });

  it('computes on four floats at once and stores as many as are asked for', () => {
    const module = new ModuleWriter();
    module.define(
      2,
      (writer, from, to) => {
        const sum = writer.local('v128');
        return sequence(
          sum.set(multiplyAdd(f32x4.load(from.get), f32x4.loadSplat(from.get, 4), f32x4.load(from.get, 16))),
          f32x4.storeFirst(to.get, sum.get, 3),
          f32x4.store(
            to.get,
            f32x4.and(
              sum.get,
              f32x4.mask((lane) => lane > 1),
            ),
            16,
          ),
          f32.store(i32.add(to.get, i32.constant(32)), f32.constant(-0.5)),
        );
      },
      'run',
    );
    floats.set([1, 2, 3, 4, 10, 20, 30, 40]);
    floats.fill(7, 8, 20);
    const { run } = module.instantiate(memory);
    run!(0, 32);
    expect(Array.from(floats.subarray(8, 17))).toEqual([12, 24, 36, 7, 0, 0, 36, 48, -0.5]);
  });
});
