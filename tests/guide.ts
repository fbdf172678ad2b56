/** A command of a page and what the page shows of its output. */
export interface ShownCommand {
  /** Its words behind `earlyexit`. */
  readonly words: readonly string[];
  /** Lines that its output holds, in this order. */
  readonly prints: readonly string[];
}

/** What stands behind `earlyexit` in the shell blocks of a Markdown text, a command each, comments left out. */
export function commandLinesOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, block = '']) =>
    block
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.replace(/^\$ /, '').replace(/\s#\s.*$/, ''))
      .flatMap((line) => {
        const found = /^(?:npx )?earlyexit ([a-z].*?)(?:\s[|>&].*)?$/.exec(line.trim());
        return found === null ? [] : [found[1]!.trim()];
      }),
  );
}

/** The commands of the blocks marked `console`, `$ ` in front, with the lines below them; `…` stands for others. */
export function shownCommandsOf(markdown: string): ShownCommand[] {
  const blocks = [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, block = '']) =>
    block
      .split(/^\$ npx earlyexit /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...lines] = part.trimEnd().split('\n');
        return { words: command.split(/\s+/), prints: lines.filter((line) => line !== '' && line !== '…') };
      }),
  );
}

/** A line as it is on every machine: numbers, thresholds and engines are its own. */
export function onAnyMachine(line: string): string {
  return line
    .replace(/[−-]?\d[\d,.]*( [kMG]\b)?/g, '#')
    .replace(/\b(always|never)\b/g, '#')
    .replace(/(^|\s)–(?=\s|$)/g, '$1#')
    .replace(/engine \w+/, 'engine #')
    .replace(/\s+/g, ' ')
    .trim();
}
