/** A wheel on the Python package index, pinned. */
export interface PinnedWheel {
  /** The project's name on the index, as pip expects it. */
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  /** Size of the download. */
  readonly bytes: number;
}

/** A package on the npm registry, pinned. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the tarball, as npm states it. */
  readonly integrity: string;
}

/** A wheel from the parts of its name; `tag` is what follows the version. */
export function wheel(
  project: string,
  projectVersion: string,
  tag: string,
  sha256: string,
  bytes: number,
): PinnedWheel {
  return {
    project,
    version: projectVersion,
    file: `${project.replaceAll('-', '_')}-${projectVersion}-${tag}.whl`,
    sha256,
    bytes,
  };
}
