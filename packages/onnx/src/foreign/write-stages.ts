import { DataError, jsonChecksum } from '@earlyexit/core';
import type { StagedExport, StagedFile, StagedTensor } from '../export-staged';
import { GraphBuilder, valueInfo } from '../graph/graph-builder';
import { checksumOf, finishModel } from '../model-file';
import { dtypeOf, finishGraph } from '../quantize/finish-graph';
import { adaptInput } from './adapt-input';
import type { ForeignNetwork } from './foreign-network';
import { readsOf } from './node-names';
import { PlacedNetwork } from './placed-network';
import { asFloat, type ForeignExit, type ForeignParts } from './write-conditional';

const BATCH = 'batch';

/** What a stage is handed, and hands on. */
interface Handed {
  /** Of the network's tensors, by their own names; the images are under an empty name. */
  readonly tensors: ReadonlyMap<string, StagedTensor>;
  /** The logits of the exit before; null where nobody reads them. */
  readonly previous: StagedTensor | null;
}

/** The images among what is handed on. */
const IMAGES = '';

/**
 * Writes a foreign network with exits as one file a stage, for runtimes without `If`: as `exportStaged` writes a network of
 * ours, with the same manifest.
 *
 * @param where the network's name, for errors
 * @throws DataError if what is carried on is not of float numbers, or a stage needs more than that
 */
export async function writeForeignStages(plan: ForeignParts, where: string): Promise<StagedExport> {
  const { network, input, exits, metadata } = plan;
  const [height, width, channels] = input.size;
  const files = new Map<string, Uint8Array>();
  const stages: StagedFile[] = [];
  const images: StagedTensor = { name: 'pixel_values', shape: [channels, height, width], type: 'float32' };
  let handed: Handed = { tensors: new Map([[IMAGES, images]]), previous: null };
  let from = 0;
  for (let stage = 0; stage <= exits.length; stage++) {
    const exit = exits[stage];
    const to = exit === undefined ? network.nodes.length : (exit.cut?.after ?? 0);
    const graph = new GraphBuilder(network.opset);
    const inputs = [...handed.tensors.values(), ...(handed.previous === null ? [] : [handed.previous])];
    for (const { name } of inputs) graph.unique(name);
    if (handed.tensors.has(IMAGES)) graph.setOrigin(imagesOf(handed), 'pixel_values');
    graph.unique('logits');
    const nameOf = placeStage(plan, graph, { handed, from, to, where });
    const logits =
      exit === undefined
        ? asFloat(graph, network, nameOf(network.logits))
        : exit.writeHead({
            graph,
            images: imagesOf(handed),
            nameOf,
            previous: handed.previous?.name ?? null,
          });
    graph.addNamed('Identity', [logits], ['logits']);
    const next = handOn(plan, graph, { exit, stage, handed, nameOf, logits, where });
    const carried = [...next.tensors.values(), ...(next.previous === null ? [] : [next.previous])];
    const describe = ({ name, shape }: StagedTensor) => valueInfo(name, [BATCH, ...shape]);
    const message = graph.build(`${metadata.name}_stage${stage}`, inputs.map(describe), [
      valueInfo('logits', [BATCH, network.classes]),
      ...carried.map(describe),
    ]);
    const bytes = await finishModel(
      finishGraph(message, graph, plan).graph,
      graph.opset,
      {
        format: 'earlyexit-onnx',
        formatVersion: 1,
        kind: 'stage',
        dtype: dtypeOf(plan),
        stage,
        origin: 'foreign',
        inputShape: input.size,
        decision: null,
        network: metadata,
      },
      network.domains,
    );
    const sha256 = checksumOf(bytes);
    const file = `stage${stage}-${sha256.slice(0, 16)}.onnx`;
    files.set(file, bytes);
    stages.push({ file, bytes: bytes.length, sha256, inputs, carried });
    handed = next;
    from = to;
  }
  const manifest = { format: 'earlyexit-staged', formatVersion: 1, stages, network: metadata } as const;
  const checksum = await jsonChecksum(manifest);
  return { manifest: checksum === null ? manifest : { ...manifest, sha256: checksum }, files };
}

/** Writes the nodes of a stage, and says what the network's tensors are called in it. */
function placeStage(
  { network, input }: Pick<ForeignParts, 'network' | 'input'>,
  graph: GraphBuilder,
  {
    handed,
    from,
    to,
    where,
  }: { readonly handed: Handed; readonly from: number; readonly to: number; readonly where: string },
): (tensor: string) => string {
  const before = constantNodes(network, { from, to, carried: handed.tensors, where });
  // A stage of no nodes stands before the network, and takes the images as they come.
  const isEmpty = to === from;
  const pixels = handed.tensors.get(IMAGES)?.name;
  const fed = pixels === undefined || isEmpty ? (pixels ?? '') : adaptInput(graph, pixels, input, input);
  const placed = new PlacedNetwork(graph, network, fed, { places: [...before, ...rangeOf(from, to)] });
  for (const [tensor, { name }] of handed.tensors) {
    if (tensor === IMAGES) continue;
    graph.setOrigin(name, tensor);
    const isHalf = network.tensors.get(tensor)?.type === 'float16';
    placed.rename(tensor, isHalf ? graph.add('Cast', [name], { to: { int: 10 } }) : name);
  }
  for (const place of before) placed.write(graph, place, place + 1);
  placed.write(graph, from, to);
  return (tensor) => placed.nameOf(tensor);
}

/** Gives out what the next stage takes. */
function handOn(
  { network }: Pick<ForeignParts, 'network'>,
  graph: GraphBuilder,
  {
    exit,
    stage,
    handed,
    nameOf,
    logits,
    where,
  }: {
    readonly exit: ForeignExit | undefined;
    readonly stage: number;
    readonly handed: Handed;
    readonly nameOf: (tensor: string) => string;
    readonly logits: string;
    readonly where: string;
  },
): Handed {
  if (exit === undefined) return { tensors: new Map(), previous: null };
  const tensors = new Map<string, StagedTensor>();
  const give = (from: string, shape: readonly number[]): StagedTensor => {
    const name = graph.unique(`carried_${stage}_${tensors.size}`);
    graph.addNamed('Identity', [from], [name]);
    return { name, shape, type: 'float32' };
  };
  if (exit.cut === null) {
    tensors.set(IMAGES, give(imagesOf(handed), handed.tensors.get(IMAGES)!.shape));
  }
  for (const tensor of exit.cut?.tensors ?? []) {
    const { type, dims } = network.tensors.get(tensor)!;
    if (type !== 'float32' && type !== 'float16') {
      throw new DataError({
        where,
        rule: 'stages hand float numbers on',
        received: `${tensor} of ${type}`,
        remedy: 'Choose another place for the exit, or one conditional file',
      });
    }
    const name = nameOf(tensor);
    const full = type === 'float32' ? name : graph.add('Cast', [name], { to: { int: 1 } });
    tensors.set(tensor, give(full, dims.slice(1)));
  }
  return { tensors, previous: exit.handsOnLogits ? give(logits, [network.classes]) : null };
}

function imagesOf({ tensors }: Handed): string {
  return tensors.get(IMAGES)?.name ?? '';
}

/** Nodes before a stage whose constant results it reads: they are computed in it again. */
function constantNodes(
  { nodes, tensors, inputs }: ForeignNetwork,
  {
    from,
    to,
    carried,
    where,
  }: {
    readonly from: number;
    readonly to: number;
    readonly carried: ReadonlyMap<string, unknown>;
    readonly where: string;
  },
): number[] {
  const makers = new Map(
    nodes.slice(0, from).flatMap(({ output }, place) => output.map((name) => [name, place])),
  );
  const places = new Set<number>();
  const open = nodes.slice(from, to).flatMap(readsOf);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (carried.has(name)) continue;
    const place = makers.get(name);
    const isImages = from > 0 && inputs.includes(name);
    if (isImages || (place !== undefined && tensors.get(name)?.kind !== 'constant')) {
      throw new DataError({
        where,
        rule: 'a stage reads what is carried on to it, and constants',
        received: name,
        remedy: 'Choose another place for the exit, or one conditional file',
      });
    }
    if (place === undefined || places.has(place)) continue;
    places.add(place);
    open.push(...readsOf(nodes[place]!));
  }
  return [...places].sort((a, b) => a - b);
}

function rangeOf(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, place) => from + place);
}
