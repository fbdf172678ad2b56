import { percent } from '@earlyexit/core/format';
import type { ExampleImages } from '../encode-examples';
import { html, type Markup } from '../html';
import type { ReportData, ReportExample } from '@earlyexit/evaluation';

// Longer names need wider columns.
const LONGEST_DIGITS = 4;

/** The images that left first and last, and the mistakes. */
export function examplesSection(data: ReportData, images: ExampleImages): Markup | null {
  const { evaluation, examples } = data;
  const nameOf = (example: ReportExample | undefined): string =>
    evaluation.exits[example?.exit ?? 0]?.name ?? '';
  const rows = [
    {
      title: 'Left first',
      note: `answered by ${nameOf(examples.first[0])}, of each class the one it was surest of`,
      list: examples.first,
    },
    // If all images left at the same exit, none left first.
    examples.first.length > 0
      ? {
          title: 'Left last',
          note: `went all the way to ${nameOf(examples.last[0])}, which was least sure of these`,
          list: examples.last,
        }
      : {
          title: 'Least sure',
          note: `all images left at ${nameOf(examples.last[0])}; it was least sure of these`,
          list: examples.last,
        },
    { title: 'Mistakes', note: 'answered wrongly, the surest first', list: examples.mistakes },
  ].filter(({ list }) => list.length > 0);
  if (rows.length === 0) return null;
  const layout = data.classes.some((name) => name.length > LONGEST_DIGITS) ? 'images words' : 'images';
  return html`<section aria-labelledby="images">
    <h2 id="images">The easy ones and the hard ones</h2>
    <p>
      Real ${evaluation.split} images with the network’s answer and how sure it was; where it was wrong, in
      red, with the true class.
    </p>
    ${rows.map(
      ({ title, note, list }) =>
        html`<div class="row">
          <h3>${title}</h3>
          <p class="note">${note}</p>
          <div class="${layout}">${list.map((example) => figure(data, example, images))}</div>
        </div>`,
    )}
  </section>`;
}

function figure({ classes, evaluation }: ReportData, example: ReportExample, images: ExampleImages): Markup {
  const answer = classes[example.answer] ?? '';
  const truth = classes[example.label] ?? '';
  const wrong = example.answer !== example.label;
  const alt = `${evaluation.split} image ${String(example.row)}: ${truth}, answered as ${answer}`;
  return html`<figure><img src="${images.get(example.row) ?? ''}" alt="${alt}" title="${alt}"><figcaption${wrong ? html` class="wrong"` : null}><b>${answer}</b>${wrong ? html` not ${truth}` : null}<small>${sureness(example.probability)}</small></figcaption></figure>`;
}

/** A probability, never rounded up to certainty. */
function sureness(probability: number): string {
  return probability > 0.9995 ? '>99.9 %' : percent(probability, 1);
}
