import { h, type VNode } from 'vue';
import type { BroughtModel } from './use-model';

/** Measures the file with the exit here, hands it over, and says what comes next. */
export function takeAway({ model, exited, place, times, problem, time, isNormalized }: BroughtModel): VNode {
  const [now, made, found] = [model.value!, exited.value!, times.value];
  const name = now.name.replace(/\.onnx$/i, '');
  const isTimed = now.examined.input.type === 'float32';
  const skipping = made.outlook.runtimes
    .filter(({ skips }) => skips === 'yes')
    .map((runtime) => runtime.name);
  return h('div', { class: 'take-away' }, [
    h('div', { class: 'choices' }, [
      h(
        'button',
        { type: 'button', class: 'download', onClick: () => save(made.file, `${name}.exit.onnx`) },
        [`Download ${name}.exit.onnx`],
      ),
      isTimed
        ? h('button', { type: 'button', class: 'time', onClick: () => void time() }, 'Time it here')
        : null,
    ]),
    h(
      'p',
      { class: 'times', role: 'status' },
      found === null
        ? problem.value
        : `One image here: ${found.plainMs.toFixed(2)} ms without the exit, ${found.leavingMs.toFixed(2)} ms if it leaves there, ${found.goingOnMs.toFixed(2)} ms if it goes on.`,
    ),
    h('p', { class: 'note' }, [
      `The head has learnt nothing yet, so the file says that nothing leaves until thresholds are fed. The work is really left out by ${skipping.join('; ')}. With a folder of your images, without labels, the head is fitted and the threshold gets a promise:`,
    ]),
    h('pre', { class: 'command', tabindex: 0 }, [
      h(
        'code',
        `npx earlyexit attach ${now.name} fast.onnx --images photos --risk 0.02 --exits ${place.value!.after}${
          isNormalized.value ? ' --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225' : ''
        }`,
      ),
    ]),
  ]);
}

function save(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
