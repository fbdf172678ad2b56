import { declareCommand, operand } from '../../command';
import { switchOption, valueOption } from '../../options/declare-option';
import { oneOf } from '../../options/option-values';
import {
  energyModelOption,
  engineOptions,
  exitsOption,
  weightsSeedOption,
} from '../../options/shared-options';

/** `earlyexit profile` */
export const profile = declareCommand({
  name: 'profile',
  summary: 'layers, exits, parameters, multiply-accumulates, memory and energy of a network',
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
    energyModel: energyModelOption,
    dtype: valueOption('type', oneOf(['float32', 'float16', 'int8']), 'of the numbers, for the energy', {
      default: 'float32',
    }),
    seed: weightsSeedOption,
    ...engineOptions,
  },
});
