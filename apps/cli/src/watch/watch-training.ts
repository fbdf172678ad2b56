import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EpochMetrics, TrainingEvent } from '@earlyexit/trainer';
import { pageTitle, renderContent, renderPage } from './page';
import { followTraining } from './training-view';
import { startWatchServer } from './watch-server';

/** A training that can be watched in a browser. */
export interface Watch {
  readonly url: string;
  onEvent(event: TrainingEvent): void;
  /** Shows how it ended and stops serving. */
  close(): Promise<void>;
}

/** Serves a page that shows loss and accuracy of every exit while a network is trained. */
export async function watchTraining(options: {
  readonly title: string;
  readonly exits: readonly string[];
  readonly runDirectory: string;
}): Promise<Watch> {
  const { title, exits, runDirectory } = options;
  const follower = followTraining(title, exits, (epochs) => earlierEpochs(runDirectory, epochs));
  const server = await startWatchServer({
    render: () => renderPage(follower.view),
    update: () =>
      JSON.stringify({ title: pageTitle(follower.view), content: renderContent(follower.view).text }),
  });
  return {
    url: server.url,
    onEvent(event) {
      follower.follow(event);
      server.changed();
    },
    close: () => server.close(),
  };
}

/** The epochs that a resumed training had done before, from its record. */
function earlierEpochs(runDirectory: string, epochs: number): EpochMetrics[] {
  const byEpoch = new Map<number, EpochMetrics>();
  for (const line of readFileSync(join(runDirectory, 'events.jsonl'), 'utf8').split('\n')) {
    const event = parseEpoch(line);
    // An epoch that was done twice, because its checkpoint was lost, counts as it was done last.
    if (event !== null && event.epoch <= epochs) byEpoch.set(event.epoch, event);
  }
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

/** An epoch from a line of the record; null for any other event, and for a line that is damaged: the curve has a gap there. */
function parseEpoch(line: string): EpochMetrics | null {
  try {
    const event = JSON.parse(line) as Partial<{ readonly type: string } & EpochMetrics> | null;
    const isWhole =
      event?.type === 'epoch' && Number.isFinite(event.epoch) && Array.isArray(event.trainLosses);
    return isWhole ? (event as EpochMetrics) : null;
  } catch {
    return null;
  }
}
