import {
  adamSettings,
  type AdamStepAttributes,
  type AdamStepInputs,
  momentumSettings,
  type MomentumStepAttributes,
  type MomentumStepInputs,
} from '../../optimizer-steps';
import { tf } from '../../tf';
import { type Code, f32, f32x4, sequence, when } from '../assembler/code';
import { type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, bytesPerVector, lanes } from '../tile';

/** What floats and vectors of floats have in common. */
interface Arithmetic extends Pick<
  typeof f32,
  'load' | 'store' | 'add' | 'multiply' | 'divide' | 'squareRoot'
> {
  /**
   * Replaces numbers below the smallest normal one by zero. The moment of a weight whose gradient stays 0 becomes such
   * a number, and computing with them takes the processor a hundred times as long.
   */
  flush(value: Local): Code;
}

const smallestNormal = f32.constant(2 ** -126);
const floats: Arithmetic = {
  ...f32,
  flush: ({ get }) => f32.select(f32.constant(0), get, f32.lessThan(f32.absolute(get), smallestNormal)),
};
const vectors: Arithmetic = {
  ...f32x4,
  flush: ({ get }) => f32x4.andNot(get, f32x4.lessThan(f32x4.absolute(get), f32x4.splat(smallestNormal))),
};

/** A step at one place of the vectors. */
interface Place {
  readonly arithmetic: Arithmetic;
  /** The inputs' values there. */
  readonly inputs: readonly Code[];
  readonly settings: readonly Code[];
  /** A local variable, for a value that is used more than once. */
  local(): Local;
  store(result: number, value: Code): Code;
}

function adamAt({ arithmetic, inputs, settings, local, store }: Place): Code {
  const { add, multiply, divide, squareRoot, flush } = arithmetic;
  const [gradient, first, second, decayed] = inputs as [Code, Code, Code, Code];
  const [beta1, rest1, beta2, rest2, root, epsilon, scale, weightDecay, coupled, apart] = settings as [
    ...[Code, Code, Code, Code, Code],
    ...[Code, Code, Code, Code, Code],
  ];
  const [decay, pull, nextFirst, nextSecond] = [local(), local(), local(), local()];
  const divisor = add(multiply(root, squareRoot(nextSecond.get)), epsilon);
  const adapted = multiply(scale, divide(nextFirst.get, divisor));
  return sequence(
    decay.set(multiply(weightDecay, decayed)),
    pull.set(add(gradient, multiply(coupled, decay.get))),
    nextFirst.set(add(multiply(beta1, first), multiply(rest1, pull.get))),
    nextFirst.set(flush(nextFirst)),
    nextSecond.set(add(multiply(beta2, second), multiply(rest2, multiply(pull.get, pull.get)))),
    nextSecond.set(flush(nextSecond)),
    store(0, add(adapted, multiply(apart, decay.get))),
    store(1, nextFirst.get),
    store(2, nextSecond.get),
  );
}

function momentumAt({ arithmetic, inputs, settings, local, store }: Place): Code {
  const { add, multiply, flush } = arithmetic;
  const [gradient, velocity, decayed] = inputs as [Code, Code, Code];
  const [momentum, pullShare, velocityShare, scale, weightDecay, coupled, apart] = settings as [
    ...[Code, Code, Code, Code],
    ...[Code, Code, Code],
  ];
  const [decay, pull, nextVelocity] = [local(), local(), local()];
  const direction = add(multiply(pullShare, pull.get), multiply(velocityShare, nextVelocity.get));
  return sequence(
    decay.set(multiply(weightDecay, decayed)),
    pull.set(add(gradient, multiply(coupled, decay.get))),
    nextVelocity.set(add(multiply(momentum, velocity), pull.get)),
    nextVelocity.set(flush(nextVelocity)),
    store(0, multiply(scale, add(direction, multiply(apart, decay.get)))),
    store(1, nextVelocity.get),
  );
}

/** Writes `run(…inputs, …results, settings, quads, rest)`, over 4·quads + rest floats. */
function writeStep(
  inputCount: number,
  resultCount: number,
  settingCount: number,
  stepAt: (place: Place) => Code,
): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const pointers = inputCount + resultCount;
  module.define(
    pointers + 3,
    (writer, ...parameters) => {
      const [settings, quads, rest] = parameters.slice(pointers) as [Local, Local, Local];
      const pass = (
        count: Local,
        type: 'f32' | 'v128',
        arithmetic: Arithmetic,
        loadSetting: typeof f32.load,
      ): Code => {
        const numbers = writer.locals(settingCount, type);
        const place: Place = {
          arithmetic,
          inputs: parameters.slice(0, inputCount).map((input) => arithmetic.load(input.get)),
          settings: numbers.map((number) => number.get),
          local: () => writer.local(type),
          store: (result, value) => arithmetic.store(parameters[inputCount + result]!.get, value),
        };
        const bytes = type === 'f32' ? bytesPerFloat : bytesPerVector;
        return when(
          count.get,
          sequence(
            ...numbers.map((number, index) => number.set(loadSetting(settings.get, index * bytesPerFloat))),
            writer.repeat(
              count.get,
              sequence(stepAt(place), ...parameters.slice(0, pointers).map((one) => one.advance(bytes))),
            ),
          ),
        );
      };
      return sequence(pass(quads, 'v128', vectors, f32x4.loadSplat), pass(rest, 'f32', floats, f32.load));
    },
    'run',
  );
  return { module };
}

function runStep(
  heap: Heap,
  name: string,
  stepAt: (place: Place) => Code,
  inputs: readonly tf.TensorInfo[],
  settings: readonly number[],
  resultCount: number,
): tf.TensorInfo[] {
  const { shape } = inputs[0]!;
  const size = tf.util.sizeFromShape([...shape]);
  const results = Array.from({ length: resultCount }, () => heap.allocate(shape));
  const { run } = compiled(heap, name, () => writeStep(inputs.length, resultCount, settings.length, stepAt));
  const address = heap.scratch(settings.length * bytesPerFloat);
  new Float32Array(heap.memory.buffer, address >>> 0, settings.length).set(settings);
  run(
    ...[...inputs, ...results].map((tensor) => heap.address(tensor)),
    ...[address, Math.floor(size / lanes), size % lanes],
  );
  return results;
}

/** The kernel `AdamStep`, in one pass. */
export function adamStep(
  heap: Heap,
  { gradient, first, second, decayed = gradient }: AdamStepInputs,
  attributes: AdamStepAttributes,
): tf.TensorInfo[] {
  const inputs = [gradient, first, second, decayed];
  return runStep(heap, 'adam step', adamAt, inputs, adamSettings(attributes), 3);
}

/** The kernel `MomentumStep`, in one pass. */
export function momentumStep(
  heap: Heap,
  { gradient, velocity, decayed = gradient }: MomentumStepInputs,
  attributes: MomentumStepAttributes,
): tf.TensorInfo[] {
  return runStep(
    heap,
    'momentum step',
    momentumAt,
    [gradient, velocity, decayed],
    momentumSettings(attributes),
    2,
  );
}
