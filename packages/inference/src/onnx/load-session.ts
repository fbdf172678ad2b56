import { ArgumentError, DataError, channelsFirst } from '@earlyexit/core';
import { argmaxRows, encodeThresholds, getCriterion, softmax } from '@earlyexit/exit-criteria';
import { createBatchedSession } from '../session/batched-session';
import type { Answers, Session, SessionMetadata } from '../session/session';
import { checkModel } from './check/check-model';
import { availableProvider, createRuntimeSession } from './create-runtime-session';
import { type OnnxFileMetadata, readMetadata } from './read-metadata';
import { type OnnxSource, readSource } from './read-source';
import { resolveThresholds } from './resolve-thresholds';
import {
  findRuntime,
  type OnnxRuntime,
  readTensor,
  runRuntime,
  type RuntimeSession,
  type RuntimeTensor,
} from './runtime';

export type { OnnxSource };

/** Options of `loadSession`. */
export interface OnnxSessionOptions {
  /**
   * Threads inside an operator; the runtime's own choice, every core, unless given. In a browser more than one needs a
   * page that is cross-origin isolated, and the first session decides for the page.
   */
  readonly threads?: number;
  /**
   * The execution provider: `cpu`, `cuda`, `dml`, `coreml`, … in Node, `wasm`, `webgpu`, … in a browser, where `wasm`
   * replaces what the visitor's machine lacks. The runtime's own choice unless given.
   */
  readonly executionProvider?: string;
  /** Where a browser finds the `.wasm` files of onnxruntime-web; beside the script unless given. */
  readonly wasmPaths?: string;
  /**
   * The module `onnxruntime-node` or `onnxruntime-web`, or the result of `loadOpenvino` of
   * `@earlyexit/inference/openvino`; the installed onnxruntime unless given.
   */
  readonly runtime?: OnnxRuntime;
  /** Stops reading the file: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called when a browser lacks a provider or threads that were asked for; `console.warn` unless given. */
  readonly onWarning?: (message: string) => void;
}

/** A session over an ONNX file. */
export interface OnnxSession extends Session {
  /** The file's own description: how it decides, what it costs, whether thresholds can change. */
  readonly file: OnnxFileMetadata;
  /** The execution provider: the one asked for, or `wasm` if a browser does not have it. */
  readonly executionProvider: string;
}

/**
 * Opens a file of `earlyexit export`, with exits or without, as a session on onnxruntime. The batch shrinks inside the
 * graph; answers come back in input order.
 *
 * If the criterion answers with log-probabilities (`ensemble`: their mean so far), these are an early exit's `logits`:
 * the class is their argmax, and `probabilities` derive from them.
 *
 * @throws DataError if the file is missing, damaged or something else; EnvironmentError if no onnxruntime is
 * installed; ArgumentError if the options do not fit; the signal's reason if it is aborted
 */
export async function loadSession(
  source: OnnxSource,
  options: OnnxSessionOptions = {},
): Promise<OnnxSession> {
  const { threads, signal } = options;
  checkThreads(threads, 'loadSession');
  signal?.throwIfAborted();
  const { bytes, where } = await readSource(source, signal);
  const file = await readMetadata(bytes, where);
  checkModel(bytes, file, where);
  const { onWarning: warn = warnOnConsole } = options;
  const executionProvider = await availableProvider(options.executionProvider, warn);
  const runtime = options.runtime ?? (await findRuntime(executionProvider));
  signal?.throwIfAborted();
  const { session, executionProvider: computes } = await createRuntimeSession(
    runtime,
    { bytes, where },
    { threads, executionProvider, wasmPaths: options.wasmPaths, warn },
  );
  return { ...makeSession(session, runtime, file), file, executionProvider: computes };
}

/** @throws ArgumentError unless it is a positive integer */
export function checkThreads(threads: number | undefined, where: string): void {
  if (threads === undefined || (Number.isInteger(threads) && threads > 0)) return;
  throw new ArgumentError({
    where: `${where}, threads`,
    rule: 'it is a positive integer',
    received: String(threads),
  });
}

export function warnOnConsole(message: string): void {
  // Without a listener, the console should still say why the page is slower than it could be.
  // eslint-disable-next-line no-console
  console.warn(message);
}

function makeSession(session: RuntimeSession, runtime: OnnxRuntime, file: OnnxFileMetadata): Session {
  const metadata = describe(file);
  const { inputShape, decision } = file;
  const graphShape = inputShape.length === 3 ? [inputShape[2]!, inputShape[0]!, inputShape[1]!] : inputShape;
  return createBatchedSession(
    {
      inputShape,
      classes: metadata.classes.length,
      prepare(options) {
        const thresholds = resolveThresholds(file, options);
        const limits =
          decision?.thresholdsAs === 'input'
            ? new runtime.Tensor(
                'float32',
                Float32Array.from(encodeThresholds(decision.criterion, thresholds)),
                [thresholds.length],
              )
            : null;
        const outputs = file.kind === 'static' ? ['logits'] : ['logits', 'exit_index', 'score'];
        return async ({ images, rows, offset }, answers) => {
          const pixels = new runtime.Tensor('float32', channelsFirst(images, inputShape), [
            rows,
            ...graphShape,
          ]);
          const feeds = { pixel_values: pixels, ...(limits === null ? {} : { thresholds: limits }) };
          const result = await runRuntime(session, feeds, { network: metadata.name, runtime, outputs });
          await readAnswers(result, file, answers, offset);
        };
      },
      release: () => void session.release(),
    },
    metadata,
  );
}

/** A session's metadata; for a file without exits only the final exit, at the plain network's cost. */
function describe({ network, decision, kind }: OnnxFileMetadata): SessionMetadata {
  const { name, classes, preprocessing, exits, staticMacs, fittedOn } = network;
  return {
    name,
    classes,
    preprocessing,
    exits: kind === 'static' ? [{ name: exits.at(-1)!.name, macs: staticMacs }] : exits,
    policy:
      decision === null || decision.thresholds === null
        ? null
        : { ...decision, thresholds: decision.thresholds },
    ...(fittedOn === undefined ? {} : { fittedOn }),
  };
}

async function readAnswers(
  result: Readonly<Record<string, RuntimeTensor>>,
  file: OnnxFileMetadata,
  answers: Answers,
  offset: number,
): Promise<void> {
  const { decision, kind, network } = file;
  const read = (name: string): Promise<unknown> => readTensor(result[name]!);
  const logits = (await read('logits')) as Float32Array;
  const exits = kind === 'static' ? null : ((await read('exit_index')) as BigInt64Array);
  const scores = kind === 'static' ? null : ((await read('score')) as Float32Array);
  const classes = network.classes.length;
  const chosen = argmaxRows(logits, classes);
  // Log-probabilities already include the temperatures.
  const hasTemperatures = decision !== null && getCriterion(decision.criterion).answersWith !== 'logits';
  answers.logits.set(logits, offset * classes);
  answers.classes.set(chosen, offset);
  chosen.forEach((answer, row) => {
    const exit = exits === null ? 0 : Number(exits[row]);
    if (!(exit >= 0 && exit < network.exits.length)) {
      throw new DataError({
        where: `session.run, ${network.name}`,
        rule: `the file answers with an exit from 0 to ${network.exits.length - 1}`,
        received: String(exit),
        remedy: 'Export it again, or do not trust its source',
      });
    }
    const isFinal = kind === 'static' || exit === network.exits.length - 1;
    const temperature = decision === null || (hasTemperatures && !isFinal) ? 1 : decision.temperatures[exit]!;
    const probability = softmax(logits.subarray(row * classes, (row + 1) * classes), classes, temperature)[
      answer
    ]!;
    const place = offset + row;
    answers.exits[place] = exit;
    answers.scores[place] = scores?.[row] ?? probability;
    answers.probabilities[place] = probability;
    answers.macs[place] = kind === 'static' ? network.staticMacs : network.exits[exit]!.macs;
  });
}
