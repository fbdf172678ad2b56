import { count, plural } from '@earlyexit/core/format';
import { html, type Markup } from '../html';
import { drawConfusion } from '../plots/confusion';
import type { ReportData } from '@earlyexit/evaluation';

// With more classes a matrix becomes unreadable; the most frequent mistakes are listed instead.
const LARGEST_MATRIX = 20;
const LISTED_MISTAKES = 10;

/** What is mistaken for what, at each exit. */
export function confusionSection(data: ReportData): Markup {
  const { classes, confusion } = data;
  return html`<section aria-labelledby="confusion">
    <h2 id="confusion">What is mistaken for what</h2>
    <p>Of the images that left at each exit: right answers in green on the diagonal, mistakes in red.</p>
    <div class="pair">
      ${confusion.map((entry) => {
        const { taken, mistakes } = entry;
        return html`<div>
          <h3>${entry.exit}</h3>
          <p class="note">${count(taken)} left here, ${plural(mistakes, 'mistake')}</p>
          ${
            taken === 0
              ? null
              : classes.length <= LARGEST_MATRIX
                ? drawConfusion(classes, entry)
                : mistakeList(classes, entry)
          }
        </div>`;
      })}
    </div>
  </section>`;
}

function mistakeList(classes: readonly string[], { cells }: ReportData['confusion'][number]): Markup {
  const worst = cells
    .filter(({ label, answer }) => label !== answer)
    .sort((a, b) => b.count - a.count)
    .slice(0, LISTED_MISTAKES);
  return html`<table>
    <thead>
      <tr>
        <th scope="col">true class</th>
        <th scope="col" class="words">answered as</th>
        <th scope="col">times</th>
      </tr>
    </thead>
    <tbody>
      ${worst.map(
        ({ label, answer, count: n }) =>
          html`<tr>
            <td>${classes[label] ?? ''}</td>
            <td class="words">${classes[answer] ?? ''}</td>
            <td>${count(n)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
