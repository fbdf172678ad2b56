import { expect, it } from 'vitest';
import { type Attribute, GraphBuilder, valueInfo } from '../graph/graph-builder';
import { writeModel } from '../protobuf/write-model';
import { runtimeOutlook } from './file-outlook';

/** A file of one node, with metadata or without. */
function fileOf(
  node: {
    readonly op: string;
    readonly domain?: string;
    readonly attributes?: Readonly<Record<string, Attribute>>;
  },
  metadata?: string,
): Uint8Array {
  const graph = new GraphBuilder(17);
  graph.unique('x');
  const made = graph.add(node.op, ['x'], node.attributes ?? {});
  const message = graph.build('one', [valueInfo('x', ['batch', 3])], [valueInfo(made, ['batch', 3])]);
  if (node.domain !== undefined) message.node[0]!.domain = node.domain;
  return writeModel({
    irVersion: 8,
    producerName: 'another',
    producerVersion: '1',
    graph: message,
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: metadata === undefined ? [] : [{ key: 'earlyexit', value: metadata }],
  });
}

function emptyBody(): Attribute {
  const body = new GraphBuilder(17);
  const made = body.add('Identity', ['x']);
  return { graph: body.build('body', [], [valueInfo(made, ['batch', 3])]) };
}

it('says which runtimes leave the work of a conditional file out', async () => {
  const attributes = { then_branch: emptyBody(), else_branch: emptyBody() };
  const file = fileOf({ op: 'If', attributes }, JSON.stringify({ kind: 'conditional' }));
  const { kind, opset, conditionals, runtimes } = await runtimeOutlook(file);
  expect({ kind, opset, conditionals }).toEqual({ kind: 'conditional', opset: 17, conditionals: 1 });
  expect(Object.fromEntries(runtimes.map(({ name, runs, skips }) => [name, runs && skips]))).toEqual({
    'onnxruntime, CPU': 'yes',
    'onnxruntime, CUDA': 'yes',
    'onnxruntime, WebGPU': 'yes',
    OpenVINO: 'yes',
    'onnxruntime, CoreML': 'by-option',
    TensorRT: false,
    RKNN: false,
  });
  expect(runtimes.every(({ source }) => source !== '')).toBe(true);
});

it('has nothing to leave out of a file without If, which every runtime runs', async () => {
  const { kind, runtimes } = await runtimeOutlook(fileOf({ op: 'Relu' }));
  expect(kind).toBe('foreign');
  expect(runtimes.map(({ runs, skips }) => [runs, skips])).toEqual(runtimes.map(() => [true, null]));
});

it('knows operators that onnxruntime alone has', async () => {
  const { domains, runtimes } = await runtimeOutlook(fileOf({ op: 'Gelu', domain: 'com.microsoft' }));
  expect(domains).toEqual(['com.microsoft']);
  const running = runtimes.filter(({ runs }) => runs).map(({ name }) => name);
  expect(running.every((name) => name.startsWith('onnxruntime'))).toBe(true);
  expect(running).toHaveLength(4);
});

it('refuses what is no ONNX file, and metadata that are damaged', async () => {
  await expect(runtimeOutlook(new Uint8Array(9))).rejects.toThrow('it is a whole ONNX file');
  await expect(runtimeOutlook(fileOf({ op: 'Relu' }, '{'))).rejects.toThrow('metadata that are no JSON');
});
