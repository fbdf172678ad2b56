import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import { type Engine, type EngineDriver, type EngineName, engineNames, type EngineOptions } from './engine';
import { engineOrder } from './engine-order';
import { engineDrivers } from './engines/index';
import { tf } from './tf';

const loaded = new Map<EngineName, Promise<void>>();

/**
 * Makes an engine the current TensorFlow.js backend and adds the training kernels that it lacks. Calling it again, with
 * the same engine or another, is allowed and cheap.
 *
 * @param choice the engine, or `auto`: the first of tensorflow, wasm and cpu that works here, or of wasm, tensorflow
 * and cpu if `trainingMacs` says that a small network is going to be trained; `auto` unless given
 * @throws ArgumentError for an unknown name, a bad number of threads or of multiply-accumulates
 * @throws EnvironmentError if the engine cannot run here, with the way to get it
 */
export async function selectEngine(
  choice: EngineName | 'auto' = 'auto',
  options: EngineOptions = {},
): Promise<Engine> {
  checkArguments(choice, options);
  if (choice !== 'auto') return startEngine(engineDrivers[choice], options, [`${choice} was asked for`]);

  const { trainingMacs = null } = options;
  const order = engineOrder(trainingMacs);
  const reasons: string[] = [];
  if (order[0] === 'wasm' && trainingMacs !== null) {
    const millions = (trainingMacs / 1e6).toFixed(1);
    reasons.push(
      `wasm trains a network this small (${millions} M multiply-accumulates) faster than tensorflow`,
    );
  }
  for (const name of order) {
    try {
      return await startEngine(engineDrivers[name], options, reasons);
    } catch (error) {
      if (!(error instanceof EnvironmentError) || name === 'cpu') throw error;
      const { rule, remedy } = error.parts;
      reasons.push(`${rule}${remedy === undefined ? '' : ` (${remedy})`}`);
    }
  }
  throw new EnvironmentError({ where: 'selectEngine', rule: 'no engine works on this machine' });
}

function checkArguments(choice: string, { threads }: EngineOptions): void {
  if (choice !== 'auto' && !(engineNames as readonly string[]).includes(choice)) {
    throw new ArgumentError({
      function: 'selectEngine',
      argument: 'choice',
      rule: `the engine must be one of auto, ${engineNames.join(', ')}`,
      received: choice,
    });
  }
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new ArgumentError({
      function: 'selectEngine',
      argument: 'threads',
      rule: 'the number of threads must be a whole number of at least 1',
      received: String(threads),
    });
  }
}

async function startEngine(
  driver: EngineDriver,
  options: EngineOptions,
  reasons: readonly string[],
): Promise<Engine> {
  const { name } = driver;
  const availability = await driver.probe();
  if (!availability.available) {
    throw new EnvironmentError({
      where: 'selectEngine',
      rule: `the engine ${name} is not available: ${availability.reason}`,
      remedy: availability.remedy,
    });
  }
  try {
    let loading = loaded.get(name);
    if (loading === undefined) {
      loading = driver.load(options);
      loaded.set(name, loading);
    }
    await loading;
    if (!(await tf.setBackend(name)))
      throw new Error(`TensorFlow.js could not initialise its backend ${name}`);
    await tf.ready();
  } catch (cause) {
    loaded.delete(name);
    throw new EnvironmentError({
      where: 'selectEngine',
      rule: `the engine ${name} is installed but did not start: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: name === 'tensorflow' ? 'Reinstall it, or take another engine' : 'Reinstall the npm packages',
      cause,
    });
  }
  return {
    name,
    version: availability.version,
    reasons: [...reasons, `${name}: ${availability.reason}`, ...driver.remarks(options)],
  };
}
