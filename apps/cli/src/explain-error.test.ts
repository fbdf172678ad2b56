import { ArgumentError, DataError, EnvironmentError } from '@earlyexit/core';
import { describe, expect, it } from 'vitest';
import { explainError } from './explain-error';

const parts = { where: 'here', rule: 'it is so' };

describe('explainError', () => {
  it('tells wrong use from failure', () => {
    expect(explainError(new ArgumentError(parts))).toEqual({ exitCode: 2, message: 'here: it is so.' });
    expect(explainError(new DataError(parts)).exitCode).toBe(1);
    expect(explainError(new EnvironmentError(parts)).exitCode).toBe(1);
    expect(explainError(new DOMException('stopped', 'AbortError'))).toEqual({ exitCode: 130, message: '' });
  });

  it('puts what the system says into words', () => {
    const error = Object.assign(new Error('the message'), {
      code: 'ENOENT',
      syscall: 'open',
      path: '/data/x',
    });
    expect(explainError(error)).toEqual({ exitCode: 1, message: '/data/x is not there.' });
  });

  it('owns up to anything else', () => {
    const { exitCode, message } = explainError(new TypeError('x is undefined'));
    expect(exitCode).toBe(1);
    expect(message).toContain('x is undefined');
    expect(message).toContain('fault in earlyexit');
  });
});
