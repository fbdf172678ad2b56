import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The TensorFlow.js that the binding's JavaScript imports: not a second copy, whose kernels would not know the
 * program's tensors, but the program's own, passed on when the engine is loaded.
 */
export function writeTfjsDoors(work: string): void {
  for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core']) {
    const folder = join(work, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify({ name, version: '4.22.0', main: 'index.js' })}\n`,
    );
    writeFileSync(join(folder, 'index.js'), `module.exports = globalThis[Symbol.for('earlyexit.tfjs')];\n`);
  }
}
