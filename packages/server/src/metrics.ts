import type { Answers, SessionMetadata } from '@earlyexit/inference';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FinishedRun } from './batching/create-batcher';
import type { RefusalReason } from './http/refusal';
import type { HostedModel } from './models/host-model';

type ModelName = Pick<HostedModel, 'name' | 'version'>;

/** What a server counts, for Prometheus. */
export interface ServerMetrics {
  readonly registry: Registry;
  ran(run: FinishedRun & ModelName): void;
  answered(
    model: ModelName & { readonly session: { readonly metadata: SessionMetadata } },
    answers: Answers,
    seconds: number,
  ): void;
  /** Images that were answered under the relaxed policy. */
  relaxed(model: ModelName, images: number): void;
  refused(reason: RefusalReason): void;
  sent(route: string, status: number): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const IMAGES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const model = ['model', 'version'] as const;

/** The metrics of a server; each has a registry of its own. */
export function createMetrics(models: () => readonly HostedModel[]): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: (hosted: HostedModel) => number | null): void => {
    new Gauge({
      ...{ name, help, labelNames: model, registers },
      collect() {
        this.reset();
        for (const hosted of models()) {
          const now = value(hosted);
          if (now !== null) this.set({ model: hosted.name, version: hosted.version }, now);
        }
      },
    });
  };
  gauge('earlyexit_queue_images', 'Images that wait for their run.', ({ batcher }) => batcher.waiting);
  gauge('earlyexit_running_images', 'Images that are computed now.', ({ batcher }) => batcher.running);
  gauge(
    'earlyexit_shift_alarm',
    'Whether the answers no longer look like those to the calibration images; only of models that are watched.',
    ({ shift }) => (shift === null ? null : Number(shift.message !== null)),
  );
  const batches = new Histogram({
    ...{ name: 'earlyexit_batch_images', labelNames: model, registers, buckets: IMAGES },
    help: 'Images that were computed together.',
  });
  const runs = new Histogram({
    ...{ name: 'earlyexit_run_seconds', labelNames: model, registers, buckets: SECONDS },
    help: 'Seconds that a batch was computed.',
  });
  const atExit = [...model, 'exit'] as const;
  const latency = new Histogram({
    ...{ name: 'earlyexit_answer_seconds', labelNames: atExit, registers, buckets: SECONDS },
    help: 'Seconds from the headers of a request to its answers, for each image, by the exit that answered.',
  });
  const exits = new Counter({
    ...{ name: 'earlyexit_exit_images_total', labelNames: atExit, registers },
    help: 'Images answered, by the exit that answered.',
  });
  const macs = new Counter({
    ...{ name: 'earlyexit_macs_total', labelNames: model, registers },
    help: 'Multiply-accumulates spent on images that were answered.',
  });
  const relaxed = new Counter({
    ...{ name: 'earlyexit_relaxed_images_total', labelNames: model, registers },
    help: 'Images that were answered under the relaxed policy, for want of time.',
  });
  const refusals = new Counter({
    ...{ name: 'earlyexit_refused_total', labelNames: ['reason'] as const, registers },
    help: 'Requests that were refused, by reason.',
  });
  const responses = new Counter({
    ...{ name: 'earlyexit_responses_total', labelNames: ['route', 'status'] as const, registers },
    help: 'Responses, by route and status.',
  });
  return {
    registry,
    ran({ name, version, images, milliseconds }) {
      batches.observe({ model: name, version }, images);
      runs.observe({ model: name, version }, milliseconds / 1000);
    },
    answered({ name, version, session }, answers, seconds) {
      const labels = { model: name, version };
      let sum = 0;
      for (let image = 0; image < answers.count; image++) {
        const index = answers.exits[image]!;
        const exit = session.metadata.exits[index]?.name ?? String(index);
        exits.inc({ ...labels, exit });
        latency.observe({ ...labels, exit }, seconds);
        sum += answers.macs[image]!;
      }
      macs.inc(labels, sum);
    },
    relaxed({ name, version }, images) {
      relaxed.inc({ model: name, version }, images);
    },
    refused(reason) {
      refusals.inc({ reason });
    },
    sent(route, status) {
      responses.inc({ route, status: String(status) });
    },
  };
}
