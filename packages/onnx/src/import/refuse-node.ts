import { DataError } from '@earlyexit/core';
import type { NodeMessage } from '../protobuf/messages';

/** The end of every refusal: the way that reads no layers. */
export const ATTACH_REMEDY =
  'attach (attachToOnnx of @earlyexit/attach) puts exits into the file as it is, whatever its operators';

/**
 * Refuses a node that cannot become a layer.
 *
 * @throws DataError always
 */
export function refuseNode(node: NodeMessage, rule: string, received?: string): never {
  const name = node.name === '' ? (node.output[0] ?? '') : node.name;
  throw new DataError({
    where: `node '${name}' (${node.opType})`,
    rule,
    received,
    remedy: ATTACH_REMEDY,
  });
}
