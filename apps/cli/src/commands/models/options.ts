import { declareCommand } from '../../command';
import { switchOption } from '../../options/declare-option';

/** `earlyexit models` */
export const models = declareCommand({
  name: 'models',
  summary: 'list the networks that can be trained, or those that are',
  example: `$ earlyexit models
name      early exits    input  data set  description
────────  ───────────  ───────  ────────  ──────────────────────────────────────────────────────
lenet               0  28×28×1  mnist     LeNet for 28×28 digits, …
b_lenet             1  28×28×1  mnist     LeNet with one exit (convolution, dense) after the …
…`,
  operands: {},
  options: {
    all: switchOption('also the tiny test_* networks'),
    pretrained: switchOption('the trained networks that ship, with what they reach'),
  },
});
