import { describe, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command';

describe('bench --training, used wrongly', () => {
  it.each([
    [['--shares', '0.5'], '--shares'],
    [['--seed', '1'], '--seed: it belongs to the timing of inference'],
    [['--skip-broken'], '--skip-broken: it belongs'],
    [['--no-download'], '--no-download: it belongs'],
    [['--exits', 'block3'], 'exits are attached to a network that is named'],
    [['resnet20_cifari'], 'Did you mean resnet20_cifar'],
    [['--engine', 'cpu', '--workers', '2'], '--workers'],
    [['--rounds', '0'], '--rounds'],
  ])('%j', async (options, said) => {
    const { code, stdout, stderr } = await runCommand(['bench', '--training', ...options]);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  it('needs a MODEL without --training', async () => {
    const { code, stderr } = await runCommand(['bench']);
    expect(code).toBe(2);
    expect(stderr).toContain('a model must be named');
  });
});
