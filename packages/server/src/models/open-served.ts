import { parseServedName } from './parse-served-name';
import type { ReloadModel, ServedModel } from './served-model';

/** Models that were opened by words, and what opens one of them again. */
export interface OpenedModels {
  readonly models: readonly ServedModel[];
  readonly reload: ReloadModel;
}

/**
 * Opens models that are named as `MODEL`, `NAME=MODEL` or `NAME:VERSION=MODEL`, one after the other.
 *
 * @param open opens what stands for `MODEL`: a file, a folder, a name
 */
export async function openServed(
  words: readonly string[],
  open: (model: string) => Promise<ServedModel>,
): Promise<OpenedModels> {
  const places = new Map<string, string>();
  const models: ServedModel[] = [];
  for (const word of words) {
    const { model, name, version } = parseServedName(word);
    models.push({ ...(await open(model)), name, version });
    places.set(`${name}:${version}`, model);
  }
  return {
    models,
    reload: async ({ name, version }) => ({
      ...(await open(places.get(`${name}:${version}`)!)),
      name,
      version,
    }),
  };
}
