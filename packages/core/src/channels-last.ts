/**
 * Images with channels last, as sessions expect them: `[count, channels, height, width]` to `[count, height, width,
 * channels]`; undoes `channelsFirst`.
 *
 * @param shape `[height, width, channels]`; images with another number of axes, or one channel, come back unchanged
 */
export function channelsLast(images: Float32Array, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 3 || channels === 1) return images;
  const area = height * width;
  const size = area * channels;
  const turned = new Float32Array(images.length);
  for (let image = 0; image < images.length; image += size) {
    for (let channel = 0; channel < channels; channel++) {
      let to = image + channel;
      const start = image + channel * area;
      for (let position = 0; position < area; position++, to += channels)
        turned[to] = images[start + position]!;
    }
  }
  return turned;
}
