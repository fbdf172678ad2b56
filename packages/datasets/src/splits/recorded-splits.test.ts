import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataSource } from '../data-source';
import { createMemoryImageSet } from '../image-set/memory-image-set';
import { evaluationSplit } from './evaluation-split';
import { recordSplits, type RecordedSplits } from './recorded-splits';
import { sampleKeys } from './sample-keys';
import { splitDataset, type Splits } from './split-dataset';
import { splitRoles } from './split-role';

/** A picture: its content, its class and its name. */
interface Picture {
  readonly pixel: number;
  readonly label: number;
  readonly id: string;
}

function picturesOf(count: number, first = 0): Picture[] {
  return Array.from({ length: count }, (_, index) => ({
    pixel: first + index,
    label: (first + index) % 2,
    id: `train/${String(first + index).padStart(4, '0')}`,
  }));
}

function setOf(pictures: readonly Picture[]) {
  const bytes = Uint8Array.from(pictures.flatMap(({ pixel }) => [pixel % 256, Math.floor(pixel / 256)]));
  const set = createMemoryImageSet({
    name: 'set',
    chunks: [{ bytes, count: pictures.length }],
    labels: Int32Array.from(pictures, ({ label }) => label),
    imageShape: [1, 2, 1],
  });
  return { ...set, ids: pictures.map(({ id }) => id) };
}

function sourceOf(train: readonly Picture[], held: readonly Picture[] | null = null): DataSource {
  return {
    name: 'pictures',
    classes: ['even', 'odd'],
    imageShape: [1, 2, 1],
    mean: [0],
    standardDeviation: [1],
    train: setOf(train),
    test: held === null ? null : setOf(held),
  };
}

async function reopen(source: DataSource, recorded: RecordedSplits, options = {}): Promise<Splits> {
  // As from a file.
  const stored = JSON.parse(JSON.stringify(recorded)) as RecordedSplits;
  return splitDataset(source, { recorded: stored, keys: await sampleKeys(source), ...options });
}

const idsOf = (splits: Splits) => Object.fromEntries(splitRoles.map((role) => [role, splits[role].ids]));
const nothing = { added: [], repeated: [], missing: [], moved: [] };

test('a key stands for the content and the class, whatever the name', async () => {
  const [one, other] = [
    { pixel: 5, label: 0, id: 'a' },
    { pixel: 5, label: 0, id: 'b' },
  ];
  const { train } = await sampleKeys(sourceOf([one, other, { ...one, pixel: 6 }, { ...one, label: 1 }]));
  expect(new Set(train).size).toBe(3);
  expect(train[1]).toBe(train[0]);
  expect(train[3]!.slice(0, 24)).toBe(train[0]!.slice(0, 24));
  for (const key of train) expect(key).toMatch(/^[0-9a-f]{32}$/);
});

test('keys say how far they have come, end with the signal, and are made once', async () => {
  const source = sourceOf(picturesOf(200));
  const seen: number[] = [];
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }) => {
    seen.push(done);
    if (done >= 100) controller.abort(new Error('Ctrl-C'));
  };
  await expect(sampleKeys(source, { signal: controller.signal, onProgress })).rejects.toThrow('Ctrl-C');
  expect(seen).toEqual([64, 128]);
  const keys = await sampleKeys(source);
  let again = 0;
  expect(await sampleKeys(source, { onProgress: () => (again += 1) })).toEqual(keys);
  expect(again).toBe(0);
});

describe('recorded splits', () => {
  test.each([[null], [picturesOf(20, 300)]])('of unchanged data are the same', async (held) => {
    const source = sourceOf(picturesOf(100), held);
    const splits = splitDataset(source, { seed: 3, limit: 40 });
    const again = await reopen(sourceOf(picturesOf(100), held), await recordSplits(splits));
    expect(idsOf(again)).toEqual(idsOf(splits));
    expect(again.changes).toEqual(nothing);
    expect(again.notes).toEqual([]);
    expect(again.unused.ids).toEqual(splits.unused.ids);
    expect(await recordSplits(again)).toEqual(await recordSplits(splits));
  });

  test('stay as they were, whatever is added, removed, renamed and reordered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 30 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 20 }),
        fc.integer(),
        async (removed, added, renamed, seed) => {
          const before = picturesOf(100);
          const splits = splitDataset(sourceOf(before), { seed });
          const recorded = await recordSplits(splits);
          const now = [...picturesOf(added, 200), ...before]
            .filter(({ pixel }) => !removed.includes(pixel))
            .map((each) => (renamed.includes(each.pixel) ? { ...each, id: `${each.id}-renamed` } : each))
            .reverse();
          const again = await reopen(sourceOf(now), recorded);
          const pixel = (id: string) => Number(/\d+/.exec(id)![0]);
          for (const role of splitRoles) {
            const were = splits[role].ids.map(pixel).filter((each) => !removed.includes(each));
            expect(again[role].ids.map(pixel).sort((a, b) => a - b)).toEqual(were);
          }
          expect(again.changes!.added).toHaveLength(added);
          expect(again.changes!.missing.map(({ id }) => pixel(id)).sort()).toEqual([...removed].sort());
          expect(again.unused.size).toBe(added);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('new samples go where they are asked to, copies of recorded ones nowhere', async () => {
    const before = picturesOf(100);
    const recorded = await recordSplits(splitDataset(sourceOf(before)));
    const trained = before.find(({ id }) => recorded.train.ids.includes(id))!;
    const now = sourceOf([
      ...before,
      { pixel: 500, label: 0, id: 'train/new' },
      { ...trained, id: 'train/copy' },
      // The same picture in another class.
      { ...trained, label: 1 - trained.label, id: 'train/relabelled' },
    ]);
    const left = await reopen(now, recorded);
    expect(left.changes).toEqual({
      ...nothing,
      added: ['train/new'],
      repeated: ['train/copy', 'train/relabelled'],
    });
    expect(left.unused.ids).toEqual(['train/new', 'train/copy', 'train/relabelled']);
    expect(left.notes).toEqual([
      '1 sample that the recorded splits do not know is used nowhere: train/new.',
      '2 samples that repeat a recorded image are used nowhere: train/copy, train/relabelled.',
    ]);
    const asked = await reopen(now, recorded, { newSamples: 'test' });
    expect(asked.test.ids).toEqual([...left.test.ids, 'train/new']);
    expect(asked.unused.ids).toEqual(['train/copy', 'train/relabelled']);
  });

  test('name what is gone, and by which split', async () => {
    const before = picturesOf(100);
    const recorded = await recordSplits(splitDataset(sourceOf(before)));
    const gone = [recorded.train.ids[0]!, recorded.calibration.ids[0]!];
    const again = await reopen(sourceOf(before.filter(({ id }) => !gone.includes(id))), recorded);
    expect(again.changes!.missing).toEqual([
      { id: gone[0], split: 'train' },
      { id: gone[1], split: 'calibration' },
    ]);
    expect(again.notes).toEqual([
      `1 sample of the training split is gone: ${gone[0]!}.`,
      `1 sample of the calibration split is gone: ${gone[1]!}.`,
    ]);
  });

  test('a picture that was trained on and now lies in test/ is not tested on', async () => {
    const [before, held] = [picturesOf(100), picturesOf(20, 300)];
    const recorded = await recordSplits(splitDataset(sourceOf(before, held)));
    const trained = before.find(({ id }) => recorded.train.ids.includes(id))!;
    const now = sourceOf(
      before.filter((each) => each !== trained),
      [...held, { ...trained, id: 'test/moved' }],
    );
    const again = await reopen(now, recorded);
    expect(again.changes).toEqual({ ...nothing, moved: [{ id: trained.id, split: 'train' }] });
    expect(again.test.ids).toEqual(held.map(({ id }) => id));
  });

  test('images that were trained or calibrated on are left out of an evaluation, whatever they are called', async () => {
    const recorded = await recordSplits(splitDataset(sourceOf(picturesOf(100))));
    const others = picturesOf(6, 500).map((each, index) => ({ ...each, id: `fresh-${index}` }));
    const renamed = picturesOf(100).map((each) => ({ ...each, id: `x/${each.id}` }));
    const source = sourceOf([...renamed, ...others]);
    const { test: held, notes } = evaluationSplit(source, { recorded, keys: await sampleKeys(source) });
    expect([...held.ids].sort()).toEqual(
      [...recorded.test.ids.map((id) => `x/${id}`), ...others.map(({ id }) => id)].sort(),
    );
    expect(notes[0]).toBe(`Measured on ${held.size} of 106 images of pictures.`);
    expect(notes[1]).toMatch(
      /^Left out, because the network was trained or calibrated on them: x\/train.* more\.$/,
    );
    const trained = sourceOf(picturesOf(100).filter(({ id }) => recorded.train.ids.includes(id)));
    const keys = await sampleKeys(trained);
    expect(() => evaluationSplit(trained, { recorded, keys })).toThrow(
      /all of which the network was trained/,
    );
    expect(() => evaluationSplit(trained, { recorded })).toThrow(/evaluationSplit\(\{ keys \}\)/);
  });

  test('two equal pictures in two splits stay where they were', async () => {
    const pictures = picturesOf(60).map((each) => ({
      ...each,
      pixel: each.pixel - (each.pixel % 4 < 2 ? 0 : 2),
    }));
    const splits = splitDataset(sourceOf(pictures));
    const again = await reopen(sourceOf(pictures), await recordSplits(splits));
    expect(idsOf(again)).toEqual(idsOf(splits));
    expect(again.changes).toEqual(nothing);
  });

  test('of other data are refused', async () => {
    const recorded = await recordSplits(splitDataset(sourceOf(picturesOf(100))));
    const error = (await reopen(sourceOf(picturesOf(100, 200)), recorded).catch(
      (reason: unknown) => reason,
    )) as Error;
    expect(error.message).toMatch(
      /samples of the recorded train split are still there\. Received: none of \d+/,
    );
  });

  test('need keys, and nothing to cut by', async () => {
    const source = sourceOf(picturesOf(100));
    const recorded = await recordSplits(splitDataset(source));
    const keys = await sampleKeys(source);
    expect(() => splitDataset(source, { recorded })).toThrow(/splitDataset\(\{ keys \}\)/);
    expect(() => splitDataset(source, { recorded, keys, limit: 5 })).toThrow(
      /splitDataset\(\{ limit \}\).*Leave it out/,
    );
  });
});
