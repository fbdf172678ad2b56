import type { NodeMessage } from '../../protobuf/messages';
import type { ArrangedTensor } from '../arranged-tensor';
import type { Constant } from '../constant';
import type { NetworkBuilder } from '../network-builder';

/** What a name of the file stands for. */
export type Value = ArrangedTensor | Constant;

/** The conversion of one node. */
export interface Conversion {
  readonly node: NodeMessage;
  readonly builder: NetworkBuilder;
  /** `undefined` where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** The name of the layer. */
  readonly name: string;
  /** Whether something reads that output. */
  readonly isUsed: (output: number) => boolean;
}

/** Turns a node into layers and returns its outputs, or the first of them. */
export type Operator = (conversion: Conversion) => ArrangedTensor | readonly Value[];
