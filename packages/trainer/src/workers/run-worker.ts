import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { fromModelArtifacts } from '@earlyexit/branch-head';
import { readLayerGraph } from '@earlyexit/profiler';
import { seedDropout } from '../seeds/dropout-seeds';
import { namedWeights } from '../weights/named-weights';
import { openPhaseNetwork, type PhaseNetwork } from '../phase/phase-network';
import { computeGradient } from '../step/training-step';
import { divideBatch } from './divide-batch';
import { type SharedStep, viewSharedStep } from './shared-step';
import { command, StepSignal } from './step-signal';
import type { WorkerPhase, WorkerReport, WorkerStart } from './worker-messages';

/** What a worker thread does: builds the network, then computes its part of every batch until it is ended from outside. */
export async function runWorker(port: MessagePort, start: WorkerStart): Promise<void> {
  const signal = new StepSignal(start.signal);
  const report = (message: WorkerReport): void => {
    port.postMessage(message);
  };
  try {
    const { selectEngine } = await import('@earlyexit/backend');
    await selectEngine('wasm');
    const { model } = await fromModelArtifacts(start.artifacts, 'the network for a worker thread');
    const graph = readLayerGraph(model);
    const weights = namedWeights(graph);
    const dropout = seedDropout(graph, start.seed);
    let phase: { readonly network: PhaseNetwork; readonly shared: SharedStep } | null = null;
    report({ type: 'ready' });
    for (;;) {
      const { what, step, rows } = signal.next();
      if (what === command.begin) {
        phase?.network.dispose();
        const { description, memory, weights: found } = receiveMessageOnPort(port)?.message as WorkerPhase;
        phase = {
          network: openPhaseNetwork(description, graph, weights, start),
          shared: viewSharedStep(memory),
        };
        phase.network.everything.copyFrom(found);
      } else if (phase !== null) {
        const part = divideBatch(rows, start.workers)[start.part];
        if (part !== undefined) {
          dropout.set(step, part.start);
          await computePart(part, phase, start);
        }
      }
      signal.done();
    }
  } catch (error) {
    report({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    signal.fail();
  }
}

async function computePart(
  { start, end }: { readonly start: number; readonly end: number },
  { network, shared }: { readonly network: PhaseNetwork; readonly shared: SharedStep },
  { part, imageShape }: WorkerStart,
): Promise<void> {
  const { parameters, moving } = network;
  const result = shared.results[part - 1]!;
  const imageSize = imageShape[0] * imageShape[1] * imageShape[2];
  parameters.copyFrom(shared.parameters);
  moving.copyFrom(shared.moving);
  const batch = {
    images: shared.images.subarray(start * imageSize, end * imageSize),
    labels: shared.labels.subarray(start, end),
  };
  const { gradient, statistics } = await computeGradient(
    batch,
    { weights: [...shared.exitWeights], temperature: shared.temperature[0]! },
    network.gradient,
  );
  result.gradient.set(gradient.dataSync<'float32'>());
  gradient.dispose();
  moving.copyTo(result.moving);
  result.losses.set(statistics.losses);
  result.right.set(statistics.right);
  result.confidence[0] = statistics.confidence ?? Number.NaN;
}
