import { attributeOf } from '../foreign/node-names';
import type { NodeMessage } from '../protobuf/messages';
import { wholeOf } from '../protobuf/read-model';

/** A whole number among the attributes of a node. */
export function wholeAt(node: NodeMessage, name: string, standard: number): number {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? standard : wholeOf(attribute.i ?? 0);
}

/** A number among the attributes of a node. */
export function numberAt(node: NodeMessage, name: string, standard: number): number {
  return attributeOf(node, name)?.f ?? standard;
}

/** A word among the attributes of a node. */
export function textAt(node: NodeMessage, name: string, standard: string): string {
  const bytes = attributeOf(node, name)?.s;
  return bytes === undefined || bytes.length === 0 ? standard : new TextDecoder().decode(bytes);
}

/** A list of whole numbers among the attributes of a node; null where there is none. */
export function listAt(node: NodeMessage, name: string): number[] | null {
  const values = attributeOf(node, name)?.ints ?? [];
  return values.length === 0 ? null : values.map(wholeOf);
}

/** Two whole numbers, for height and width. */
export function pairAt(node: NodeMessage, name: string, standard: number): [number, number] {
  const [height = standard, width = standard] = listAt(node, name) ?? [];
  return [height, width];
}
