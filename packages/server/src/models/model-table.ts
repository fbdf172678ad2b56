import { ArgumentError, didYouMean } from '@earlyexit/core';
import { Refusal } from '../http/refusal';
import type { HostedModel } from './host-model';

/** The models of a server by name and version. */
export interface ModelTable {
  /** Puts a model in, in the place of one of the same name and version, which is returned. */
  set(model: HostedModel): HostedModel | undefined;
  /**
   * The model that answers.
   *
   * @param name the first one's unless given
   * @param version the highest unless given
   * @throws Refusal with status 404 if there is none
   */
  get(name?: string, version?: string): HostedModel;
  /** The versions of a model, the highest last. */
  versionsOf(name: string): readonly string[];
  all(): readonly HostedModel[];
}

/** @throws ArgumentError for no model, or two of one name and version */
export function createModelTable(models: readonly HostedModel[]): ModelTable {
  const table = new Map<string, Map<string, HostedModel>>();
  const set = (model: HostedModel): HostedModel | undefined => {
    const versions = table.get(model.name) ?? new Map<string, HostedModel>();
    table.set(model.name, versions);
    const before = versions.get(model.version);
    versions.set(model.version, model);
    return before;
  };
  for (const model of models) {
    if (set(model) === undefined) continue;
    throw new ArgumentError({
      ...{ function: 'createServer', argument: 'models' },
      rule: 'each model has a name, or a version, of its own',
      received: `${model.name}, version ${model.version}, twice`,
      remedy: 'Give one of them another name or version',
    });
  }
  const [first] = models;
  if (first === undefined) {
    throw new ArgumentError({
      ...{ function: 'createServer', argument: 'models' },
      rule: 'there is a model to serve',
      received: 'none',
    });
  }
  const versionsOf = (name: string): string[] =>
    [...(table.get(name)?.keys() ?? [])].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return {
    set,
    versionsOf,
    all: () => [...table.values()].flatMap((versions) => [...versions.values()]),
    get(name = first.name, version) {
      const found = table.get(name)?.get(version ?? versionsOf(name).at(-1) ?? '');
      if (found !== undefined) return found;
      const isModel = table.has(name);
      const known = isModel ? versionsOf(name) : [...table.keys()];
      const word = (isModel ? (version ?? '') : name).slice(0, 100);
      throw new Refusal(404, 'unknown', {
        where: isModel ? `model ${name}, version` : 'model',
        rule: `it is one of ${known.join(', ')}`,
        received: word,
        remedy: didYouMean(word, known),
      });
    },
  };
}
