import { basename, join, resolve } from 'node:path';
import { DataError } from '@earlyexit/core';
import { plural } from '@earlyexit/core/format';
import { readWholeFile } from '@earlyexit/core/node';
import { collectResults, keepAnswers, resultFiles, writeResults } from '@earlyexit/reproduce';
import { requireReplaceable } from '@earlyexit/runs';
import { listPretrained } from '@earlyexit/weights';
import type { Invocation } from '../../command';
import { showingImages } from '../../describe/ran-images';
import { locateNetwork, requireTrained } from '../../model/locate-model';
import { openTrained } from '../../model/open-trained';
import { refuseTogether } from '../../options/refuse-together';
import { showing } from '../../terminal/show-work';
import { results as declaration } from './options';

type ResultsInvocation = Invocation<typeof declaration>;

/** `earlyexit results`: computes what kept results come to, and writes the page. */
export async function run(invocation: ResultsInvocation): Promise<undefined> {
  const { operands, options, output, signal } = invocation;
  const { add = [], check, force, out: page } = options;
  const folder = operands.folder ?? 'results';
  const asked = { ...options, check: check || undefined, force: force || undefined };
  refuseTogether(asked, declaration.options, [['check', ['add', 'force'], 'it writes nothing']]);
  const networks = [];
  for (const word of add) networks.push({ word, location: requireTrained(await locateNetwork(word)) });
  if (!check) await requireReplaceable('--out', page, 'results', force);
  const kept: string[] = [];
  for (const { word, location } of networks) kept.push(await keep(word, location, folder, invocation));
  const found = await showing(output, signal, (work) => collectResults(folder, work));
  const places = { page, plots: join(folder, 'plots'), command: ['earlyexit results', operands.folder].join(' ').trim() };
  if (check) await requireUnchanged(resultFiles(found, places));
  const written = check ? [] : await writeResults(found, places);
  output.json({ ...found, kept, written });
  const plots = `${plural(written.length - 1, 'file')} in ${places.plots}`;
  output.text(check ? `${page} says what ${folder} comes to` : `wrote ${page} and ${plots}`);
  return undefined;
}

async function keep(
  word: string,
  location: Parameters<typeof openTrained>[0],
  folder: string,
  invocation: ResultsInvocation,
): Promise<string> {
  const { options, output } = invocation;
  const opened = await openTrained(location, options, invocation);
  const { name: network } = opened.model.metadata;
  const card = listPretrained().find(({ name }) => name === word);
  const name = card?.name ?? basename(resolve(word));
  const title = card?.description ?? `${network} on ${opened.about.dataset}`;
  const commands = [...(card?.commands ?? []), `earlyexit results --add ${word}`];
  const path = await showingImages(invocation, (work) => keepAnswers(opened, folder, { name, title, commands, notes: card?.limits, ...work }));
  output.text(`${word}: what every exit answers is kept in ${path}`);
  return path;
}

/** @throws DataError if a file is not what it would be written as */
async function requireUnchanged(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, content] of files) {
    const there = new TextDecoder().decode(await readWholeFile(path, { size: 2 ** 26 }));
    if (there === content) continue;
    throw new DataError({
      where: path,
      rule: 'the page and its plots say what the results come to',
      received: 'another text',
      remedy: 'Write them anew: earlyexit results',
    });
  }
}
