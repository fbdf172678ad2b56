import { declareCommand } from '../../command';
import { valueOption } from '../../options/declare-option';
import { text } from '../../options/option-values';
import { engineOptions } from '../../options/shared-options';

/** `earlyexit quickstart` */
export const quickstart = declareCommand({
  name: 'quickstart',
  summary: 'train, calibrate and evaluate B-LeNet on MNIST, and write a report',
  example: `$ earlyexit quickstart
b_lenet on mnist; the results will be in /home/you/earlyexit-quickstart
…
exit           threshold   taken   share    right  right if all left here    MACs  of the plain network
─────────────  ─────────  ──────  ──────  ───────  ──────────────────────  ──────  ────────────────────
exit0           0.799067   9,760  97.6 %  99.58 %                 98.79 %   220 k                19.3 %
final                  –     240   2.4 %  76.25 %                 99.05 %  1.25 M               109.4 %
in all                    10,000          99.02 %                           245 k                21.5 %
without exits                             99.05 %                          1.14 M               100.0 %

4.66× fewer MACs on average, 0.03 points below the network without exits, which may be chance

An earlier quickstart's folder is replaced once the new one is complete; any other folder
that is not empty is refused.`,
  operands: {},
  options: {
    out: valueOption('dir', text(), 'folder for the model and the report', {
      default: 'earlyexit-quickstart',
    }),
    ...engineOptions,
  },
});
