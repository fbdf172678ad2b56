import { describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

describe('run', () => {
  it('prints help and the version on standard output', async () => {
    const help = await runCommand(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: earlyexit');
    const version = await runCommand(['--version']);
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('is a wrong use without a command, with an unknown one, and with an unknown option', async () => {
    for (const argv of [[], ['modles'], ['models', '--al'], ['models', 'extra'], ['--nothing']]) {
      const { code, stdout, stderr } = await runCommand(argv);
      expect({ argv, code, stdout }).toEqual({ argv, code: 2, stdout: '' });
      expect(stderr).not.toBe('');
    }
    expect((await runCommand(['modles'])).stderr).toContain('Did you mean models?');
  });

  it('prints one JSON document and nothing else with --json, before or after the command', async () => {
    for (const argv of [
      ['criteria', '--json'],
      ['--json', 'criteria'],
    ]) {
      const ran = await runCommand(argv);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.json()).toContainEqual(expect.objectContaining({ name: 'max-probability' }));
    }
  });

  it('colours only on a terminal, and not with NO_COLOR', async () => {
    const escape = '\u001b[';
    expect((await runCommand(['criteria'])).stdout).not.toContain(escape);
    expect((await runCommand(['criteria'], { terminal: true })).stdout).toContain(escape);
    const { stdout } = await runCommand(['criteria'], { terminal: true, environment: { NO_COLOR: '1' } });
    expect(stdout).not.toContain(escape);
  });
});
