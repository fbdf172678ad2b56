import type { EpochMetrics, TrainingEvent } from '@earlyexit/trainer';
import { pageTitle, renderContent, renderPage } from './page';
import { followTraining } from './training-view';
import { startPageServer } from './page-server';

/** A training shown in a browser. */
export interface ServedTraining {
  /** The URL of the page: `http://127.0.0.1:43121/`. */
  readonly url: string;
  /** Takes every event of `train`. */
  onEvent(event: TrainingEvent): void;
  /** Shows how the training ended and stops serving. */
  dispose(): Promise<void>;
}

/**
 * Serves a page that shows loss and accuracy of every exit while a network is trained, on a free port and only to this
 * machine.
 *
 * @throws the system's error if no port can be opened
 */
export async function serveTraining(options: {
  /** Such as `b_lenet on mnist`. */
  readonly title: string;
  /** Names of the exits, the final one last. */
  readonly exits: readonly string[];
  /** The epochs already done by a training that is resumed: `readEpochs` of `@earlyexit/trainer`. None unless given. */
  readonly earlier?: readonly EpochMetrics[];
}): Promise<ServedTraining> {
  const { title, exits, earlier = [] } = options;
  const follower = followTraining(title, exits, earlier);
  const server = await startPageServer({
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
    dispose: () => server.dispose(),
  };
}
