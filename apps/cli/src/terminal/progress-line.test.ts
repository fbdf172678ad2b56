import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { createProgressLine } from './progress-line';

function surface(options: { live?: boolean; silent?: boolean }) {
  let time = 0;
  const written: string[] = [];
  return {
    written,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    line: createProgressLine('training', {
      stream: { write: (text) => written.push(text), columns: 60 },
      live: options.live ?? false,
      silent: options.silent ?? false,
      colors: pc.createColors(false),
      now: () => time,
    }),
  };
}

describe('progress line', () => {
  it('writes a plain line now and then where there is no terminal', () => {
    const { line, wait, written } = surface({});
    for (let done = 0; done <= 100; done++) {
      line.update(done, 100, 'loss 0.5');
      wait(100);
    }
    line.done();
    expect(written).toEqual(['50 % · training · 5.0 s left · loss 0.5\n', '100 % · training · loss 0.5\n']);
  });

  it('draws one line again and again on a terminal, no wider than it, and takes it away', () => {
    const { line, wait, written } = surface({ live: true });
    line.update(0, 4, 'a detail that is far too long for a narrow terminal');
    wait(10);
    line.update(1, 4);
    wait(100);
    line.update(2, 4);
    line.done('trained');
    expect(written).toHaveLength(4);
    for (const text of written.slice(0, 2)) {
      expect(text.startsWith('\r\u001b[2K')).toBe(true);
      expect(text.length - '\r\u001b[2K'.length).toBeLessThan(60);
    }
    expect(written.slice(2)).toEqual(['\r\u001b[2K', 'trained\n']);
  });

  it('gives the bar’s room to the words, and cuts no time left', () => {
    const { line, wait, written } = surface({ live: true });
    const shown = (): string => written.at(-1)?.replace('\r\u001b[2K', '') ?? '';
    line.update(0, 10);
    expect(shown()).toBe(`${'━'.repeat(24)}   0 % · training`);
    wait(1000);
    line.update(1, 10, 'epoch 1/3');
    expect(shown()).toBe(`${'━'.repeat(17)}  10 % · training · 9.0 s left · epoch 1/3`);
    wait(1000);
    line.update(2, 10, 'epoch 1/3 · loss 2.31 · exit0 80.1 %, final 90.1 %');
    expect(shown()).toBe(' 20 % · training · 8.0 s left · epoch 1/3 · loss 2.31 · ex…');
  });

  it('reckons the time left from where a resumed job began', () => {
    const { line, wait, written } = surface({});
    line.update(80, 100);
    wait(10_000);
    line.update(90, 100);
    expect(written).toEqual(['90 % · training · 10.0 s left\n']);
  });

  it('says nothing when told to be quiet', () => {
    const { line, wait, written } = surface({ live: true, silent: true });
    line.update(0, 2);
    wait(1e6);
    line.update(1, 2);
    line.done('trained');
    expect(written).toEqual([]);
  });
});
