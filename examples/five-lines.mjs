import { selectEngine } from '@earlyexit/backend';
import { readImage } from '@earlyexit/datasets';
import { loadSession } from '@earlyexit/inference/tfjs';

await selectEngine();
const session = await loadSession('earlyexit-quickstart/model/best');
const image = await readImage('examples/seven.png', { imageShape: [28, 28, 1] });
const { classes, exits } = await session.run({ data: image, count: 1 });
console.log(`a ${session.metadata.classes[classes[0]]}, answered by exit ${exits[0]}`);
// → a 7, answered by exit 0
