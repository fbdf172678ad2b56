// Synsets of WordNet 3.0 by which the folders of ImageNet are called: those of Imagenette, ImageNet's ten easy classes.
// Which words a synset stands for is WordNet's; ImageNet's other 990 keep their number.
const names: Readonly<Record<string, string>> = {
  n01440764: 'tench',
  n02102040: 'English springer',
  n02979186: 'cassette player',
  n03000684: 'chain saw',
  n03028079: 'church',
  n03394916: 'French horn',
  n03417042: 'garbage truck',
  n03425413: 'gas pump',
  n03445777: 'golf ball',
  n03888257: 'parachute',
};

/** The name of the class that a folder holds: of a synset that is known its word, else what the folder is called. */
export function className(folder: string): string {
  return names[folder] ?? folder;
}

/** The folder of a class that is known by name: the one of that name if there is one, else the synset's. */
export function classFolder(name: string, folders: ReadonlySet<string>): string {
  if (folders.has(name)) return name;
  return Object.keys(names).find((synset) => names[synset] === name) ?? name;
}
