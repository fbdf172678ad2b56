// Keeps what a network that ships says of the test images of its data set, for the page "Thresholds by hand":
//
//   node apps/docs/scripts/keep-logits.mjs b_lenet.mnist 'B-LeNet on MNIST'
//
// in a checkout, after `npm run build:js`. Half of the images are there to choose thresholds on, the other half to
// measure them. Two files for each network lie in .vitepress/theme/live/thresholds/kept: what there is to know, and the
// logits, in steps of 1/32 and compressed.
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { openDataset } from '@earlyexit/datasets';
import { argmaxRows } from '@earlyexit/exit-criteria';
import { loadSession } from '@earlyexit/inference/onnx';
import { findPretrained } from '@earlyexit/weights';

const STEPS = 32;
const BATCH = 250;
const MOST_CHANGED = 0.0002;
const kept = new URL('../.vitepress/theme/live/thresholds/kept/', import.meta.url);

const [name, title, dataset = name?.split('.').at(-1), dataDir] = process.argv.slice(2);
if (name === undefined || title === undefined) {
  console.error('usage: node apps/docs/scripts/keep-logits.mjs NETWORK TITLE [DATASET [DATA-FOLDER]]');
  process.exit(2);
}

const { test } = await openDataset(dataset, dataDir === undefined ? {} : { dataDir });
const session = await loadSession(name);
const { exits, classes, policy } = session.metadata;
const logits = exits.map(() => new Float32Array(test.size * classes.length));
for (let begin = 0; begin < test.size; begin += BATCH) {
  const rows = Int32Array.from({ length: Math.min(BATCH, test.size - begin) }, (_, row) => begin + row);
  const batch = { data: await test.read(rows), count: rows.length };
  for (const at of exits.keys()) {
    const thresholds = exits.slice(1).map((_, exit) => (exit === at ? 'always' : 'never'));
    const answer = await session.run(batch, { thresholds });
    logits[at].set(answer.logits, begin * classes.length);
  }
}

const steps = logits.map((values) => Int16Array.from(values, (value) => Math.round(value * STEPS)));
for (const [at, values] of logits.entries()) {
  const answers = argmaxRows(values, classes.length);
  const rounded = argmaxRows(
    Float32Array.from(steps[at], (value) => value / STEPS),
    classes.length,
  );
  const changed = answers.filter((answer, row) => answer !== rounded[row]).length;
  if (changed > MOST_CHANGED * test.size)
    throw new Error(`rounding changes ${changed} answers of exit ${at}`);
}
const whole = Int16Array.of(...test.labels);
const bytes = gzipSync(Buffer.concat([...steps, whole].map((values) => Buffer.from(values.buffer))), {
  level: 9,
});
const facts = {
  name,
  title,
  samples: test.size,
  classes: classes.length,
  steps: STEPS,
  exits: exits.map((exit) => exit.name),
  costs: { exitMacs: exits.map(({ macs }) => macs), staticMacs: findPretrained(name).evaluation.static.macs },
  criterion: policy.criterion,
  temperatures: policy.temperatures,
  thresholds: policy.thresholds.map((threshold) => (threshold === 'never' ? null : threshold)),
  command: `node apps/docs/scripts/keep-logits.mjs ${name} '${title}'${process.argv
    .slice(4)
    .map((word) => ` ${word}`)
    .join('')}`,
};
writeFileSync(new URL(`${name}.json`, kept), `${JSON.stringify(facts, null, 2)}\n`);
writeFileSync(new URL(`${name}.logits`, kept), bytes);
console.log(`${fileURLToPath(kept)}${name}.logits: ${test.size} samples, ${bytes.length} bytes`);
