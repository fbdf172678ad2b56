import { count, shortNumber } from '@earlyexit/core/format';

/** Every number in a JSON value. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** The numbers that a report shows: in words, tables and pictures; not ticks of axes, nor examples in running text. */
export function shownNumbers(document: Document): string[] {
  const said = [
    ...document.querySelectorAll(
      'h1, .lead, .eyebrow, .tiles strong, .tiles span, .legend, .note, td, tbody th, footer code',
    ),
  ];
  // Values of an axis are round numbers, whatever the data.
  const drawn = [...document.querySelectorAll('svg text')].filter(
    (text) => text.closest('[aria-label*="axis"]') === null,
  );
  const texts = [
    ...[...said, ...drawn, ...document.querySelectorAll('svg title')].map(({ textContent }) => textContent),
    ...[...document.querySelectorAll('svg')].map((picture) => picture.getAttribute('aria-label') ?? ''),
  ];
  // Digits inside names (exit0, conv2_block1) are no numbers.
  return texts.flatMap(
    (text) => text.match(/(?<![\w.-])\d[\d,]*(\.\d+)?([\s\u00a0](%|[kMGT]\b|points)|×)?(?![\w-])/g) ?? [],
  );
}

/** Whether one of the numbers, rounded as it is shown, is `shown`. */
export function isAmong(shown: string, numbers: readonly number[]): boolean {
  const text = shown.replace('\u00a0', ' ');
  const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return numbers.some((number) =>
    [
      `${(Math.abs(number) * 100).toFixed(digits)} %`,
      `${(Math.abs(number) * 100).toFixed(digits)} points`,
      `${number.toFixed(digits)}×`,
      number.toFixed(digits),
      // The lower bound of an interval: 98.57 to 99.15 %.
      (Math.abs(number) * 100).toFixed(digits),
      number.toPrecision(5),
      count(number),
      shortNumber(number),
    ].includes(text),
  );
}
