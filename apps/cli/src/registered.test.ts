// What a program registers before it runs the command, the command takes.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerHead } from '@earlyexit/branch-head';
import { registerCriterion, scoreProbabilities } from '@earlyexit/exit-criteria';
import { registerCriterionGraph, scoredAlone, largestOf, softmaxOf } from '@earlyexit/onnx';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

const folder = mkdtempSync(join(tmpdir(), 'earlyexit-registered-'));

beforeAll(() => {
  registerCriterion({
    name: 'first-probability',
    description: 'probability of the likeliest class',
    rule: 'score >= threshold',
    evaluate: (batch) =>
      scoreProbabilities(batch, 'first-probability', (logP) => Math.exp(Math.max(...logP))),
  });
  registerHead({
    name: 'just-dense',
    description: 'flatten, dense',
    misfit: () => null,
    build: (features, { name, units }) =>
      tfl.layers
        .dense({ units, name: `${name}_dense` })
        .apply(tfl.layers.flatten({ name: `${name}_flatten` }).apply(features)) as tfl.SymbolicTensor,
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lists the criterion, exports with it once it has a graph, and names what it does not know', async () => {
  const listed = (await runCommand(['criteria', '--json'])).json() as { name: string }[];
  expect(listed.map(({ name }) => name)).toContain('first-probability');

  const path = join(folder, 'model.onnx');
  const exported = (criterion: string) =>
    runCommand(['export', 'test_resnet_2exits', path, '--criterion', criterion, '--earlyexit', '0.5', '0.5']);
  const refused = await exported('first-probability');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('registerCriterionGraph');
  const unknown = await exported('first-probabilty');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Did you mean first-probability');
  registerCriterionGraph('first-probability', (exit) => scoredAlone(exit, largestOf(exit, softmaxOf(exit))));
  expect((await exported('first-probability')).code).toBe(0);
  expect(statSync(path).size).toBeGreaterThan(1000);
});

it('attaches the head', async () => {
  const profile = (head: string) =>
    runCommand(['profile', 'test_resnet', '--exits', `block1:${head}`, '--json']);
  const profiled = await profile('just-dense');
  expect(profiled.code).toBe(0);
  const unknown = await profile('just-dens');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain("Did you mean 'just-dense'");
});
