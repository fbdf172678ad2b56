/** `[rows, height, width, channels]` to `[rows, channels, height, width]`. */
export function toChannelsFirst(images: Float32Array, rows: number, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 3 || channels === 1) return images;
  const area = height * width;
  const out = new Float32Array(images.length);
  for (let row = 0; row < rows; row++) {
    const base = row * area * channels;
    for (let channel = 0; channel < channels; channel++) {
      let from = base + channel;
      const start = base + channel * area;
      for (let position = 0; position < area; position++, from += channels)
        out[start + position] = images[from]!;
    }
  }
  return out;
}
