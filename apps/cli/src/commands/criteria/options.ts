import { declareCommand } from '../../command';

/** `earlyexit criteria` */
export const criteria = declareCommand({
  name: 'criteria',
  summary: 'list the rules by which a sample may leave early',
  example: `$ earlyexit criteria
name             leaves when         temperature  description
───────────────  ──────────────────  ───────────  …
entropy          score < threshold   yes          …
max-probability  score >= threshold  yes          …
…`,
  operands: {},
  options: {},
});
