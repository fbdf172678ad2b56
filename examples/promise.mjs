// A promise on cached logits: answers differ from the final exit's for at most 2 %, with a probability of 90 %.
import { controlRisk, neededSamples } from '@earlyexit/calibration';
import { randomStream } from '@earlyexit/core';
import { simulate } from '@earlyexit/exit-criteria';

// Yours come from a network (`computeLogits`). Here: ten classes, a final exit that is right, and an early one that is
// unsure of one image in three, and then often wrong.
function cachedLogits(samples, seed) {
  const random = randomStream(seed);
  const classes = 10;
  const [early, final] = [new Float32Array(samples * classes), new Float32Array(samples * classes)];
  for (let row = 0; row < samples; row++) {
    const truth = Math.floor(random() * classes);
    const isHard = random() < 1 / 3;
    const guess = isHard && random() < 0.5 ? (truth + 1) % classes : truth;
    early[row * classes + guess] = isHard ? 4 * random() : 3 + 5 * random();
    final[row * classes + truth] = 8;
  }
  return { exits: [early, final], samples, classes, labels: null };
}

console.log(`at least ${neededSamples('ltt', 0.02, 0.1)} calibration samples`);
// → at least 114 calibration samples
const calibration = cachedLogits(4_000, 1);
const criterion = 'max-probability';
const { thresholds, promise } = controlRisk(calibration, {
  criterion,
  method: 'ltt',
  risk: 0.02,
  delta: 0.1,
});
console.log(promise);
// → With a probability of at least 90 % over the draw of the 4000 calibration samples, at most 2 % of the answers differ from the final exit's

// Does it hold on images that it never saw?
const fresh = cachedLogits(4_000, 2);
const asPromised = simulate(fresh, { criterion, thresholds });
const atTheEnd = simulate(fresh, { criterion, thresholds: ['never'] });
const different = asPromised.classes.filter((answer, row) => answer !== atTheEnd.classes[row]).length;
const early = asPromised.exitIndex.filter((exit) => exit === 0).length;
console.log(
  `${(100 * early) / fresh.samples} % leave early, ${(100 * different) / fresh.samples} % of the answers differ`,
);
// → 58.925 % leave early, 0.725 % of the answers differ
