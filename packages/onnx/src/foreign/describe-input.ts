import { DataError } from '@earlyexit/core';
import { elementType, type ValueInfoMessage } from '../protobuf/messages';
import { axesOf, type ReadModel, sizeOf } from '../protobuf/read-model';
import type { ForeignInput } from './adapt-input';
import { fedInputs } from './fed-inputs';

/** The images that a network takes, as far as its file says so. */
export interface ImageInput extends Pick<ForeignInput, 'size' | 'layout' | 'type'> {
  readonly name: string;
}

/** What the user says of the images, where the file leaves it open. */
export interface StatedInput {
  /** Height and width. */
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly layout?: ForeignInput['layout'] | undefined;
}

/**
 * Finds the input for images and fixes its size, in place, where the file leaves it free.
 *
 * @throws DataError if there is no such input, several inputs, or a size that is not known
 */
export function describeInput({ graph }: ReadModel, stated: StatedInput, where: string): ImageInput {
  const inputs = fedInputs(graph);
  const [input] = inputs;
  const dims = input === undefined ? [] : axesOf(input);
  const sizes = dims.map(sizeOf);
  const shown = inputs.map((each) => `${each.name} ${shapeText(each)}`).join(', ') || 'no input';
  const refuse = (rule: string, remedy?: string): never => {
    throw new DataError({ where, rule, received: shown, remedy });
  };
  if (input === undefined || inputs.length !== 1 || dims.length !== 4) {
    return refuse('the network takes images alone: one input with four axes, the batch in front');
  }
  const type = input.type.tensorType.elemType;
  if (type !== elementType.float32 && type !== elementType.float16) {
    return refuse('images go in as float32 or float16');
  }
  const isChannels = (size: number | null | undefined): boolean => size === 1 || size === 3;
  const layout = stated.layout ?? (isChannels(sizes[1]) ? 'channels-first' : 'channels-last');
  const axes = layout === 'channels-first' ? ([2, 3, 1] as const) : ([1, 2, 3] as const);
  const channels = sizes[axes[2]];
  if (!isChannels(channels)) return refuse('images have one channel or three', 'State the layout');
  const size = axes.slice(0, 2).map((axis, place) => {
    const [given, own] = [stated.size?.[place], sizes[axis] ?? null];
    if (own !== null && given !== undefined && own !== given) {
      return refuse(`images are of the size that was stated, ${stated.size!.join(' × ')}`);
    }
    return own ?? given ?? refuse('the size of the images is known', 'State it: size');
  });
  axes.slice(0, 2).forEach((axis, place) => (dims[axis] = { dimValue: size[place]! }));
  return {
    name: input.name,
    layout,
    type: type === elementType.float32 ? 'float32' : 'float16',
    size: [size[0]!, size[1]!, channels!],
  };
}

function shapeText(value: ValueInfoMessage): string {
  return `[${axesOf(value)
    .map((axis) => sizeOf(axis) ?? 'free')
    .join(', ')}]`;
}
