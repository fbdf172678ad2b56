import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { drawFrontier } from './frontier';

const at = (share: number, accuracy: number) => ({ share, accuracy });

it('draws each line, its chosen point with its figures, and the marks', () => {
  const svg = drawFrontier({
    title: 'Networks on digits',
    lines: [
      { name: 'one', points: [at(0.2, 0.9), at(0.4, 0.95)], chosen: at(0.25, 0.93) },
      { name: 'two', points: [at(0.3, 0.91), at(0.5, 0.96)], chosen: null },
    ],
    marks: [{ ...at(1, 0.96), name: 'without exits' }],
  });
  const { document } = parseHTML(svg);
  expect(document.querySelector('svg')?.getAttribute('aria-label')).toBe('Networks on digits');
  expect(document.querySelectorAll('g[aria-label=line] path')).toHaveLength(2);
  const words = document.querySelector('svg')?.textContent;
  expect(words).toContain('one: 93.00 %, 4.00× fewer MACs');
  expect(words).not.toContain('two:');
  expect(words).toContain('without exits');
});

it('names nothing that a page would take for markup', () => {
  const name = '<script>alert(1)</script> & "so"';
  const svg = drawFrontier({ title: name, lines: [{ name, points: [], chosen: at(0.5, 0.9) }], marks: [] });
  expect(svg).not.toContain('<script>');
});
