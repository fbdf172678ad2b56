// Puts a trained and calibrated run among the networks that ship:
//
//   node scripts/ship-weights.mjs runs/b-lenet b_lenet.mnist --description 'B-LeNet on MNIST' \
//     --command 'earlyexit train …' --command 'earlyexit calibrate …' [--data-dir FILE] [--known 'What goes wrong' …]
//
// The weights are rounded to 16 bits where that costs no more than 0.02 points. Every figure of the card is what
// `earlyexit evaluate` says of the very files that ship. Needs a build (npm run build:js).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { profileModel } from '@earlyexit/profiler';

const MOST_LOST_TO_ROUNDING = 0.0002;
const root = fileURLToPath(new URL('..', import.meta.url));
const models = join(root, 'packages/weights/models');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    description: { type: 'string' },
    'data-dir': { type: 'string' },
    licence: { type: 'string', default: 'Apache-2.0' },
    known: { type: 'string', multiple: true, default: [] },
    command: { type: 'string', multiple: true, default: [] },
  },
});
const [run, name] = positionals;
if (run === undefined || name === undefined || values.description === undefined) {
  console.error(
    'usage: node scripts/ship-weights.mjs RUN NAME --description TEXT [--data-dir FILE] [--known LIMIT …] --command …',
  );
  process.exit(2);
}

const [architecture, tag] = name.split('.');
const { version } = JSON.parse(readFileSync(join(root, 'packages/weights/package.json'), 'utf8'));
const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
const { dataset, seed } = config.data;
const dataDir = values['data-dir'] === undefined ? [] : ['--data-dir', values['data-dir']];
const place = ['--dataset', dataset, ...dataDir];

/** What the command prints as JSON. */
function earlyexit(...words) {
  console.error(`$ earlyexit ${words.join(' ')}`);
  const printed = execFileSync('npx', ['earlyexit', ...words, '--json'], { cwd: root, maxBuffer: 2 ** 28 });
  return JSON.parse(printed.toString());
}

/** The fields of the card, of all that `evaluate` prints. */
function figures(document) {
  const { samples, top1, top5, exits, averageMacs, macsRatio, criterion, thresholds, temperatures } =
    document;
  const { expectedCalibrationError, intervals, promise } = document;
  const known = { samples, top1, top5, static: document.static, exits, averageMacs, macsRatio };
  return { ...known, criterion, thresholds, temperatures, expectedCalibrationError, intervals, promise };
}

await selectEngine('cpu');
const trained = await loadModel(join(run, 'model/best'));
const target = join(models, name);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const exact = earlyexit('evaluate', run, ...place);
let precision = 'float16';
await saveModel(trained, target, { weights: 'safetensors-float16' });
let evaluation = earlyexit('evaluate', target, ...place);
const finalOf = ({ exits }) => exits.at(-1).top1All;
const lost = Math.max(exact.top1 - evaluation.top1, finalOf(exact) - finalOf(evaluation));
console.error(`16 bits lose ${(100 * lost).toFixed(2)} points`);
if (lost > MOST_LOST_TO_ROUNDING) {
  precision = 'float32';
  await saveModel(trained, target, { weights: 'safetensors' });
  evaluation = earlyexit('evaluate', target, ...place);
}

const onnx = join(target, 'model.onnx');
const int8 = join(target, 'model.int8.onnx');
earlyexit('export', target, onnx, '--force');
earlyexit('export', run, int8, '--dtype', 'int8', '--force', ...dataDir);
const evaluatedInt8 = earlyexit('evaluate', int8, ...place);

const { metadata } = trained;
const weights = JSON.parse(readFileSync(join(target, 'model.json'), 'utf8')).weightsManifest[0].paths[0];
const fileOf = (file) => ({
  path: `${name}/${file}`,
  bytes: statSync(join(target, file)).size,
  sha256: createHash('sha256')
    .update(readFileSync(join(target, file)))
    .digest('hex'),
});
const card = {
  ...{ name, architecture, tag, description: values.description, dataset },
  ...{ classes: metadata.classes, inputShape: metadata.preprocessing.inputShape },
  parameters: profileModel(trained.model).parameters,
  ...{ precision, licence: values.licence, version, seed },
  commands: [...values.command, `earlyexit evaluate ${name}`],
  evaluation: figures(evaluation),
  int8: { top1: evaluatedInt8.top1, macsRatio: evaluatedInt8.macsRatio },
  limits: values.known,
  files: {
    model: fileOf('model.json'),
    weights: fileOf(weights),
    onnx: fileOf('model.onnx'),
    int8: fileOf('model.int8.onnx'),
  },
};
const cardsFile = join(models, 'cards.json');
const others = JSON.parse(readFileSync(cardsFile, 'utf8')).filter((each) => each.name !== name);
const cards = [...others, card].sort((a, b) => (a.name < b.name ? -1 : 1));
writeFileSync(`${cardsFile}.tmp`, `${JSON.stringify(cards, null, 1)}\n`);
renameSync(`${cardsFile}.tmp`, cardsFile);
const bytes = Object.values(card.files).reduce((sum, file) => sum + file.bytes, 0);
console.error(
  `${name}: ${(100 * evaluation.top1).toFixed(2)} %, ${evaluation.macsRatio.toFixed(2)}x cheaper, ${(bytes / 1e6).toFixed(2)} MB`,
);
console.error('The cards are built in: npm run build:js');
