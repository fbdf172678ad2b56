import { ArgumentError } from '@earlyexit/core';
import type { Invocation } from '../command-definition';

/** The MODEL operand; empty text is none. */
export function modelOperand({ operands }: Invocation): string {
  const [model] = operands;
  if (typeof model === 'string' && model.trim() !== '') return model;
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'a model must be named',
    received: model === undefined ? 'nothing' : 'an empty text',
  });
}
