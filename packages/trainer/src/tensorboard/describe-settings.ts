/**
 * The settings of a training as a Markdown table, for `description` of `createTensorBoardWriter`.
 *
 * @param settings plain JSON
 */
export function describeSettings(title: string, settings: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(settings).map(
    ([name, value]) => `| ${name} | ${typeof value === 'string' ? value : JSON.stringify(value)} |`,
  );
  return [`**${title}**`, '', '| setting | value |', '| --- | --- |', ...rows].join('\n');
}
