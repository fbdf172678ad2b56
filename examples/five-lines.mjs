import { selectEngine } from '@earlyexit/backend';
import { readImage } from '@earlyexit/datasets';
import { loadSession } from '@earlyexit/inference/tfjs';

await selectEngine();
const session = await loadSession('earlyexit-quickstart/model/best');
const image = await readImage('examples/seven.png', {
  imageShape: session.metadata.preprocessing.inputShape,
});
const { classes, exits } = await session.run({ data: image, count: 1 });
console.log(
  `a ${session.metadata.classes[classes[0]]}, said exit ${exits[0]} of ${session.metadata.exits.length}`,
);
// → a 7, said exit 0 of 2
