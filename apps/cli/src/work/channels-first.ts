/**
 * Images with their channels first, as ONNX graphs take them.
 *
 * @param images `[count, height, width, channels]`
 * @param shape height, width, channels; other numbers of axes are left as they are
 */
export function channelsFirst(images: Float32Array, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 3 || channels === 1) return images;
  const area = height * width;
  const size = area * channels;
  const turned = new Float32Array(images.length);
  for (let image = 0; image < images.length; image += size) {
    for (let position = 0; position < area; position++) {
      for (let channel = 0; channel < channels; channel++) {
        turned[image + channel * area + position] = images[image + position * channels + channel]!;
      }
    }
  }
  return turned;
}
