/** What leaving costs, in multiply-accumulates per sample. */
export interface ExitCosts {
  /** One per exit, the final one last: the backbone up to there and every head evaluated on the way. */
  readonly exitMacs: readonly number[];
  /** The plain network: the backbone and the final classifier, without any early head. */
  readonly staticMacs: number;
}

/** The costs in a network's metadata, whether of a model, an exported file or a staged manifest. */
export function costsOf(metadata: {
  readonly exits: readonly { readonly macs: number }[];
  readonly staticMacs: number;
}): ExitCosts {
  return { exitMacs: metadata.exits.map(({ macs }) => macs), staticMacs: metadata.staticMacs };
}
