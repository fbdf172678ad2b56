import type { NodeMessage } from '../protobuf/messages';

/** The characters that TensorFlow.js does not accept in the name of a layer. */
const FOREIGN_CHARACTERS = /[^-A-Za-z0-9._]+/g;

/**
 * A name for the layer that a node becomes, as close to the author's as the names of layers allow. PyTorch's
 * `/layer1/layer1.0/conv1/Conv` becomes `layer1.0.conv1`, which its weights are called too.
 *
 * @param weight the name of the weights that the node reads, `layer1.0.conv1.weight`, if it reads any
 */
export function layerName(node: NodeMessage, weight?: string): string {
  const ofWeight = weight === undefined ? null : /^([A-Za-z].*)\.weight$/.exec(weight)?.[1];
  return clean(ofWeight ?? fromPath(node));
}

function fromPath({ name: given, opType, output: [output = ''] }: NodeMessage): string {
  // Our own files name a node after its output.
  const name = given === `${output}_node` ? output : given;
  const segments = name.split('/').filter((segment) => segment !== '');
  const parts = segments.filter((segment, place) => !segments[place + 1]?.startsWith(`${segment}.`));
  if (parts.length > 1 && parts.at(-1)!.replace(/_\d+$/, '') === opType) {
    const [, count] = /(_\d+)$/.exec(parts.pop()!) ?? [];
    return `${parts.join('.')}${count ?? ''}`;
  }
  return parts.length > 0 ? parts.join('.') : `${opType}_${output}`;
}

function clean(name: string): string {
  const known = name.replaceAll(FOREIGN_CHARACTERS, '_').replace(/^[^A-Za-z0-9]+/, '');
  return known === '' ? 'layer' : known;
}
