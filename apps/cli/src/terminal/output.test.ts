import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { showing, showWork } from './show-work';
import { createOutput, type OutputMode } from './output';

function capture(options: { terminal?: boolean } & Partial<OutputMode> = {}) {
  const { terminal: isTTY = false, ...mode } = options;
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => (written[name] += text),
    isTTY,
    columns: 100,
  });
  const output = createOutput(
    {
      stdin: Readable.from([]),
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      startedAt: 0,
      environment: {},
      onInterrupt: () => () => undefined,
      leave: () => undefined,
    },
    { json: false, quiet: false, verbose: false, ...mode },
  );
  return { output, written };
}

describe('output', () => {
  it('shows control characters of names instead of sending them', () => {
    const { output, written } = capture();
    output.text('class: cat\u001b[2J\nin all 100.00 %');
    output.warn('a\rb');
    expect(written).toEqual({
      stdout: 'class: cat\\x1b[2J\\nin all 100.00 %\n',
      stderr: 'warning: a\\rb\n',
    });
  });

  it('lets its own colours through on a terminal, and nothing else', () => {
    const { output, written } = capture({ terminal: true });
    output.text(output.colors.bold('title'), '\u001b[8mhidden\u001b]0;name\u0007');
    expect(written.stdout).toBe('\u001b[1mtitle\u001b[22m\n\\x1b[8mhidden\\x1b]0;name\\x07\n');
  });

  it('writes JSON that a terminal cannot obey', () => {
    const { output, written } = capture({ json: true });
    output.json({ label: '\u001b[2J\u009b2J' });
    for (const control of ['\u001b', '\u009b']) expect(written.stdout).not.toContain(control);
    expect(JSON.parse(written.stdout)).toEqual({ label: '\u001b[2J\u009b2J' });
  });

  it('shows the notes of a library, its warnings also with --quiet', () => {
    for (const quiet of [false, true]) {
      const { output, written } = capture({ quiet });
      const { onNote } = showWork(output, new AbortController().signal);
      onNote?.({ level: 'note', text: 'reading' });
      onNote?.({ level: 'warning', text: 'odd' });
      expect(written.stderr).toBe(quiet ? 'warning: odd\n' : 'reading\nwarning: odd\n');
    }
  });

  it('shows the progress of a library on one line a job', () => {
    const { output, written } = capture({ terminal: true });
    const { onProgress, end } = showWork(output, new AbortController().signal);
    onProgress?.({ what: 'running test images', done: 5, total: 10, unit: 'samples' });
    onProgress?.({ what: 'running test images', done: 10, total: 10, unit: 'samples' });
    end();
    expect(written.stderr).toContain('50 % · running test images');
    expect(written.stderr.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('takes the line away when work fails, at once or later', async () => {
    const progress = { what: 'running test images', done: 5, total: 10, unit: 'samples' } as const;
    for (const fail of [
      () => {
        throw new Error('broken');
      },
      () => Promise.reject(new Error('broken')),
    ]) {
      const { output, written } = capture({ terminal: true });
      const failing = showing(output, new AbortController().signal, ({ onProgress }) => {
        onProgress?.(progress);
        return fail();
      });
      await expect(failing).rejects.toThrow('broken');
      expect(written.stderr).toContain('50 % · running test images');
      expect(written.stderr.endsWith('\r\u001b[2K')).toBe(true);
    }
  });
});
