import type { NodeMessage } from '../protobuf/messages';

/** The shape of a tensor for one sample, the batch of 1 in front; `undefined` where it is not known. */
export type ShapeOf = (name: string) => readonly number[] | undefined;

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/**
 * Multiply-accumulates that a node takes for one sample: of convolutions and matrix products, by the shapes of what goes
 * in and comes out. Everything else counts as nothing, as it does for networks of our own.
 */
export function macsOfNode({ opType, input, output }: NodeMessage, shapeOf: ShapeOf): number {
  const [made, first] = [shapeOf(output[0] ?? ''), shapeOf(input[0] ?? '')];
  if (made === undefined || first === undefined) return 0;
  switch (opType) {
    case 'Conv':
    case 'FusedConv':
    case 'ConvInteger':
    case 'QLinearConv': {
      // [filters, channels of a group, …kernel]
      const weights = shapeOf(input[opType === 'QLinearConv' ? 3 : 1] ?? '');
      return weights === undefined ? 0 : product(made) * product(weights.slice(1));
    }
    case 'ConvTranspose': {
      const weights = shapeOf(input[1] ?? '');
      return weights === undefined ? 0 : product(first) * product(weights.slice(1));
    }
    case 'Gemm':
    case 'FusedGemm': {
      const weights = shapeOf(input[1] ?? '');
      const width = made.at(-1) ?? 0;
      return weights === undefined || width === 0 ? 0 : (product(made) / width) * product(weights);
    }
    case 'MatMul':
    case 'FusedMatMul':
    case 'MatMulInteger':
    case 'QLinearMatMul':
      return product(made) * (first.at(-1) ?? 0);
    default:
      return 0;
  }
}
