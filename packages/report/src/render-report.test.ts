import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { inventReportData } from './testing/invented-report-data';
import { isAmong, numbersIn, shownNumbers } from '@earlyexit/testing';
import { renderReport } from './render-report';
import type { ReportData } from '@earlyexit/evaluation';

const data = inventReportData();
const images = new Map(Array.from({ length: 1000 }, (_, row) => [row, 'data:image/png;base64,AAAA']));

function render(changed: Partial<ReportData> = {}): Document {
  return parseHTML(renderReport({ ...data, ...changed }, images)).document;
}

describe('renderReport', () => {
  it('needs no network, no script and no other file', () => {
    const page = renderReport(data, images);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(page).not.toMatch(/@import|url\((?!#)/);
    const document = render();
    expect([...document.querySelectorAll('script')].map((script) => script.getAttribute('type'))).toEqual([
      'application/json',
    ]);
    expect(document.querySelectorAll('link, iframe, object')).toHaveLength(0);
  });

  it('holds every number as JSON', () => {
    expect(JSON.parse(render().getElementById('report-data')?.textContent ?? '')).toEqual(data);
  });

  it('shows no number that is not in the JSON', () => {
    const document = render();
    const embedded: unknown = JSON.parse(document.getElementById('report-data')?.textContent ?? '');
    const shown = shownNumbers(document);
    expect(shown.length).toBeGreaterThan(300);
    const numbers = numbersIn(embedded);
    expect(shown.filter((text) => !isAmong(text, numbers))).toEqual([]);
    // The check itself: another accuracy is missed, in the heading, in a table and in the picture.
    const others = numbersIn({ ...data, evaluation: null, curve: null });
    expect(shown.filter((text) => !isAmong(text, others)).length).toBeGreaterThan(3);
  });

  it('says what was promised, where something was', () => {
    const promise = {
      ...{ method: 'ltt', loss: 'consistency', risk: 0.05, delta: 0.1, samples: 400, empiricalRisk: 0.02 },
      ...{ bound: 0.049, statement: 'At most 5 % differ', measuredRisk: 0.031 },
    };
    const text = (page: Document): string => page.querySelector('header')?.textContent ?? '';
    expect(text(render({ evaluation: { ...data.evaluation, promise } })).replace(/\s+/g, ' ')).toContain(
      'Promised: At most 5 % differ; on these 10,000 images 3.10 %.',
    );
    expect(text(render())).not.toContain('Promised');
  });

  it('calls figures different only where the paired test does, and says what was expected', () => {
    const { summary, curve } = data;
    const words = (page: Document): string => page.body.textContent.replace(/\s+/g, ' ');
    const unclear = words(render());
    expect(unclear).toContain('Against the same network without exits there is no difference shown (95');
    expect(unclear).toContain('expect 0.09 points below the final exit (95');
    expect(unclear).toContain('On these test images: 0.02 points below.');
    const isDifferent = { ...summary.againstStatic, pValue: 0.001, isDifferent: true };
    const clear = words(render({ summary: { ...summary, againstStatic: isDifferent }, expected: null }));
    expect(clear).toContain('That is 0.02 points below the same network without exits (95');
    expect(clear).not.toContain('expect 0.09');
    const [network] = curve.compared;
    const against = { ...network!.against, pValue: 0.4, isDifferent: false };
    const tied = words(render({ curve: { ...curve, compared: [{ ...network!, against }] } }));
    expect(tied).not.toContain('0.77 points below (');
  });

  it('marks other networks in the picture and the table', () => {
    const document = render();
    expect(document.querySelector('svg[aria-label*="smaller: 98.12"]')).not.toBeNull();
    const rows = [...document.querySelectorAll('section tr')].map(({ textContent }) =>
      textContent.replace(/\s+/g, ' '),
    );
    expect(
      rows.some((row) =>
        /smaller, no exits 98.12.% 97.85 to 98.39.% 406.k 35.6.% 0.77 points below \(/.test(row),
      ),
    ).toBe(true);
    expect(rows.some((row) => /exits by chance, same cost 98.03.% +350.k 30.7.%/.test(row))).toBe(true);
  });

  it('says in words what its pictures show', () => {
    const document = render();
    const pictures = [...document.querySelectorAll('svg')];
    // Two of them twice, for wide and for narrow windows; confusion and reliability once for each exit.
    expect(pictures).toHaveLength(2 * 2 + 2 + 2);
    for (const picture of pictures) {
      expect(picture.getAttribute('role')).toBe('img');
      expect(picture.getAttribute('aria-label')).toMatch(/exit0|final/);
      expect(picture.outerHTML).not.toContain('NaN');
    }
    for (const image of document.querySelectorAll('img'))
      expect(image.getAttribute('alt')).toMatch(/^test image \d+: \d/);
    expect(document.querySelector('h1')?.textContent).toContain('87.3\u00a0%');
    expect(document.documentElement.getAttribute('lang')).toBe('en');
  });

  it('escapes names that come from data', () => {
    const evil = '<script>alert(1)</script>\u001b[2J\nright: 100 %';
    const classes = data.classes.map((name, i) => (i === 3 ? evil : name));
    const page = renderReport({ ...data, classes, evaluation: { ...data.evaluation, model: evil } }, images);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('\u001b');
    expect(page).not.toMatch(/^right: 100/m);
  });

  it('draws a network without early exits, many classes, and results without examples', () => {
    const { evaluation, costs, curve, confusion, reliability } = data;
    const plain = render({
      evaluation: { ...evaluation, exits: evaluation.exits.slice(1), thresholds: [] },
      costs: costs.slice(1),
      curve: { ...curve, points: [], exitsAlone: curve.exitsAlone.slice(1) },
      confusion: confusion.slice(1),
      reliability: reliability.slice(1),
      examples: { first: [], last: [], mistakes: [] },
      classes: Array.from({ length: 100 }, (_, i) => `class ${String(i)}`),
    });
    expect(plain.querySelectorAll('img')).toHaveLength(0);
    expect(plain.querySelectorAll('table').length).toBe(3);
    expect(plain.documentElement.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
  });
});
