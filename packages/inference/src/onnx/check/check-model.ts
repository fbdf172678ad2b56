import { DataError } from '@earlyexit/core';
import type { OnnxFileMetadata } from '../read-metadata';
import type { StagedTensor } from '../staged/manifest';
import { checkForeign, type Stated } from './check-foreign';
import { checkGraph, sizesOf } from './check-graph';
import { decodeModel, type ValueInfo } from './decode-model';
import { need, Refusal } from './refusal';
import { FLOAT, INT64, isSame, type Size, tensor, UINT8, type Value } from './value';

/** The versions of the format and of the operators that the exporter writes. */
const VERSIONS = { format: [8, 10], operators: [13, 21] } as const;

/**
 * Checks a file before onnxruntime sees it: in places onnxruntime trusts its input, and a file may come from anywhere.
 * The message is read strictly, the graph is followed from its inputs to its outputs and compared with the file's
 * description. Only the values of the weights are not checked.
 *
 * A file around somebody else's network says so, and is checked only from outside: see `checkForeign`.
 *
 * @throws DataError if a file is not one that `@earlyexit/onnx` would write
 */
export function checkModel(bytes: Uint8Array, metadata: OnnxFileMetadata, where: string): void {
  refusing(where, () => {
    checkFile(bytes, metadata, where);
  });
}

/**
 * The same for one stage of a staged export, with the tensors that it takes and carries over, each without its batch
 * axis.
 *
 * @throws DataError as above
 */
export function checkStage(
  bytes: Uint8Array,
  stage: {
    readonly inputs: readonly StagedTensor[];
    readonly carried: readonly StagedTensor[];
    readonly classes: number;
    readonly origin?: OnnxFileMetadata['origin'];
  },
  where: string,
): void {
  refusing(where, () => {
    const valuesOf = (tensors: readonly StagedTensor[]): [string, Value][] =>
      tensors.map(({ name, shape, type }) => [
        name,
        tensor(type === 'uint8' ? UINT8 : FLOAT, ['batch', ...shape]),
      ]);
    const logits: [string, Value] = ['logits', tensor(FLOAT, ['batch', stage.classes])];
    const [inputs, outputs] = [
      new Map(valuesOf(stage.inputs)),
      new Map([logits, ...valuesOf(stage.carried)]),
    ];
    if (stage.origin === 'foreign')
      checkForeign(bytes, { inputs: stated(inputs), outputs: stated(outputs) }, where);
    else checkAs(bytes, inputs, outputs);
  });
}

function refusing(where: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new DataError({
      where,
      rule: `the graph is one that earlyexit exported: ${cause.rule}`,
      received: cause.received,
      remedy: 'Export it again, or do not trust its source',
      cause,
    });
  }
}

function checkFile(
  bytes: Uint8Array,
  { kind, origin, decision, network, inputShape }: OnnxFileMetadata,
  where: string,
): void {
  const [height, width, channels] = inputShape;
  const image = inputShape.length === 3 ? [channels!, height!, width!] : inputShape;
  const classes = network.classes.length;
  const early = network.exits.length - 1;
  const isFed = kind === 'conditional' && decision?.thresholdsAs === 'input' && early > 0;
  const inputs = new Map<string, Value>([['pixel_values', tensor(FLOAT, ['batch', ...image])]]);
  if (isFed) inputs.set('thresholds', tensor(FLOAT, [early]));
  const outputs = new Map<string, Value>([['logits', tensor(FLOAT, ['batch', classes])]]);
  if (kind === 'conditional') {
    outputs.set('exit_index', tensor(INT64, ['batch']));
    outputs.set('score', tensor(FLOAT, ['batch']));
  }
  if (origin !== 'foreign') {
    checkAs(bytes, inputs, outputs);
    return;
  }
  checkForeign(bytes, { inputs: stated(inputs), outputs: stated(outputs) }, where);
}

function stated(values: ReadonlyMap<string, Value>): Stated[] {
  return [...values].map(([name, { type }]) => ({ name, type }));
}

/** Reads a graph and compares its inputs and outputs with those that are expected. */
function checkAs(
  bytes: Uint8Array,
  inputs: ReadonlyMap<string, Value>,
  outputs: ReadonlyMap<string, Value>,
): void {
  const { irVersion = 0, opsetImport, graph } = decodeModel(bytes);
  const [version] = opsetImport;
  need(isWithin(irVersion, VERSIONS.format), 'the format is of version 8 to 10', irVersion);
  need(
    opsetImport.length === 1 &&
      (version!.domain ?? '') === '' &&
      isWithin(version!.version ?? 0, VERSIONS.operators),
    'the operators are those of ONNX itself, version 13 to 21',
    opsetImport.map((each) => `${each.domain} ${each.version}`).join(', '),
  );
  need(graph !== undefined, 'there is a graph', 'none');
  compare('inputs', graph.input, inputs);
  compare('outputs', graph.output, outputs, checkGraph(graph, inputs));
}

function isWithin(version: number, [oldest, newest]: readonly [number, number]): boolean {
  return version >= oldest && version <= newest;
}

/** Compares the stated and computed inputs or outputs with the file's description. */
function compare(
  what: string,
  stated: readonly ValueInfo[],
  expected: ReadonlyMap<string, Value>,
  computed: ReadonlyMap<string, Value> = expected,
): void {
  const describe = (name: string, sizes: readonly Size[]): string => `${name} [${sizes.join(', ')}]`;
  need(
    stated.length === expected.size &&
      stated.every((info) => {
        const value = expected.get(info.name ?? '');
        const found = computed.get(info.name ?? '');
        return (
          value !== undefined &&
          found?.type === value.type &&
          isSame(found.sizes, value.sizes) &&
          info.type?.tensorType?.elemType === value.type &&
          isAsStated(sizesOf(info), value.sizes)
        );
      }) &&
      new Set(stated.map(({ name }) => name)).size === stated.length,
    `its ${what} are ${[...expected].map(([name, { sizes }]) => describe(name, sizes)).join(', ')}`,
    stated.map((info) => describe(info.name ?? '', sizesOf(info))).join(', '),
  );
}

/** Whether the stated shape is right, with any name for the batch. */
function isAsStated(stated: readonly Size[], sizes: readonly Size[]): boolean {
  return (
    stated.length === sizes.length &&
    stated.every(
      (size, axis) => size === sizes[axis] || [size, sizes[axis]].every((each) => typeof each === 'string'),
    )
  );
}
