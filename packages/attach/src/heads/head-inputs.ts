/** Two features side by side, `[samples, a + b]`. */
export function beside(first: Float32Array, second: Float32Array, samples: number): Float32Array {
  const [a, b] = [first.length / samples, second.length / samples];
  const both = new Float32Array(samples * (a + b));
  for (let sample = 0; sample < samples; sample++) {
    both.set(first.subarray(sample * a, (sample + 1) * a), sample * (a + b));
    both.set(second.subarray(sample * b, (sample + 1) * b), sample * (a + b) + a);
  }
  return both;
}
