import { declareCommand, operand } from '../../command';
import { switchOption } from '../../options/declare-option';
import { engineOptions, exitsOption, weightsSeedOption } from '../../options/shared-options';

/** `earlyexit profile` */
export const profile = declareCommand({
  name: 'profile',
  summary: 'layers, exits, parameters, multiply-accumulates and memory of a network',
  example: `$ earlyexit profile b_lenet
b_lenet: input 28×28×1, 67,824 parameters (74,694 with exits), 1,140,070 MACs

exit   after  backbone MACs  head MACs  MACs to leave here  of the plain network  head parameters
─────  ─────  ─────────────  ─────────  ──────────────────  ────────────────────  ───────────────
exit0  conv1        112,500    107,650             220,150                19.3 %            6,870
final  –          1,140,070          0           1,247,720               109.4 %                0`,
  operands: {
    model: operand(
      'a run folder, a saved model folder, an ONNX file of another program, or the name of a network (see `earlyexit models`)',
    ),
  },
  options: {
    exits: exitsOption,
    advise: switchOption('propose where to attach exits'),
    layers: switchOption('also list every layer'),
    seed: weightsSeedOption,
    ...engineOptions,
  },
});
