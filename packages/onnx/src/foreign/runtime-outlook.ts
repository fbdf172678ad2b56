import { DataError } from '@earlyexit/core';
import { METADATA_KEY, type OnnxMetadata } from '../model-file';
import type { GraphMessage } from '../protobuf/messages';
import { type ReadModel, readModel } from '../protobuf/read-model';
import { opsetOf } from './foreign-file';
import { subgraphsOf } from './node-names';

/** What a runtime makes of a file with exits inside. */
export interface RuntimeOutlook {
  /** The runtime, and its execution provider where it has several. */
  readonly name: string;
  /** Whether it runs the file. */
  readonly runs: boolean;
  /** Whether it really leaves work out; `by-option` where that has to be asked for. `null` where there is none to leave out. */
  readonly skips: 'yes' | 'by-option' | 'no' | null;
  readonly reason: string;
  /** Where that is known from. */
  readonly source: string;
}

/** What a file is, and what runtimes make of it. */
export interface FileOutlook {
  /** The file's name. */
  readonly file: string;
  /** What this toolkit says that it wrote; `foreign` for a file of another program. */
  readonly kind: OnnxMetadata['kind'] | 'foreign';
  /** The version of ONNX's own operators; null where there are none. */
  readonly opset: number | null;
  /** Operators that are not ONNX's own, by their domains. */
  readonly domains: readonly string[];
  /** How many `If` nodes there are, in bodies of others too: what they hold can be left out. */
  readonly conditionals: number;
  readonly runtimes: readonly RuntimeOutlook[];
}

interface KnownRuntime {
  readonly name: string;
  /** Of a file that holds `If`. */
  readonly conditional: Pick<RuntimeOutlook, 'runs' | 'reason' | 'source'> & {
    readonly skips: 'yes' | 'by-option' | 'no';
  };
  /** Whether it is a part of onnxruntime, which alone knows operators of `com.microsoft`. */
  readonly isOnnxruntime: boolean;
}

/** The domains of ONNX itself. */
const OWN_DOMAINS = new Set(['', 'ai.onnx']);

const knownRuntimes: readonly KnownRuntime[] = [
  {
    name: 'onnxruntime, CPU',
    isOnnxruntime: true,
    conditional: {
      runs: true,
      skips: 'yes',
      reason: 'only the branch that is taken is run',
      source: 'tests of this toolkit, in Node and in browsers',
    },
  },
  {
    name: 'onnxruntime, CUDA',
    isOnnxruntime: true,
    conditional: {
      runs: true,
      skips: 'yes',
      reason: 'only the branch that is taken is run; the condition is brought to the processor for it',
      source: 'onnxruntime, docs/OperatorKernels.md: its CUDA provider has If',
    },
  },
  {
    name: 'onnxruntime, WebGPU',
    isOnnxruntime: true,
    conditional: {
      runs: true,
      skips: 'yes',
      reason: 'only the branch that is taken is run; the condition is brought to the processor for it',
      source: 'tests of this toolkit, in Chromium',
    },
  },
  {
    name: 'OpenVINO',
    isOnnxruntime: false,
    conditional: {
      runs: true,
      skips: 'yes',
      reason: 'only the branch that is taken is run; behind the first exit it copies what crosses',
      source: 'tests of this toolkit, and docs/decisions/0015',
    },
  },
  {
    name: 'onnxruntime, CoreML',
    isOnnxruntime: true,
    conditional: {
      runs: true,
      skips: 'by-option',
      reason:
        'bodies of If run on the processor unless EnableOnSubgraphs is set (COREML_FLAG_ENABLE_ON_SUBGRAPH)',
      source: 'onnxruntime’s page on its CoreML provider',
    },
  },
  {
    name: 'TensorRT',
    isOnnxruntime: false,
    conditional: {
      runs: false,
      skips: 'no',
      reason: 'both branches of an If have to give the same shape, and here fewer samples come out of one',
      source: 'NVIDIA/TensorRT, issues 1731, 2846 and 4603',
    },
  },
  {
    name: 'RKNN',
    isOnnxruntime: false,
    conditional: {
      runs: false,
      skips: 'no',
      reason: 'it has no If',
      source: 'onnxruntime’s list of the operators of its RKNPU provider',
    },
  },
];

/**
 * Says which runtimes run a file with the work really left out. From what the file holds and what is known of the
 * runtimes: nothing is run.
 *
 * @param where the file's name, for errors
 * @throws DataError if it is no ONNX file
 */
export function outlookOf(bytes: Uint8Array, where: string): FileOutlook {
  const model = readModel(bytes, where);
  const opset = opsetOf(model);
  const domains = new Set<string>();
  let conditionals = 0;
  const look = ({ node }: GraphMessage): void => {
    for (const each of node) {
      if (!OWN_DOMAINS.has(each.domain ?? '')) domains.add(each.domain!);
      if (each.opType === 'If') conditionals++;
      subgraphsOf(each).forEach(look);
    }
  };
  look(model.graph);
  const isConditional = conditionals > 0;
  return {
    file: where,
    kind: kindOf(model, where),
    opset: Number.isNaN(opset) ? null : opset,
    domains: [...domains].sort(),
    conditionals,
    runtimes: knownRuntimes.map((runtime) => outlookFor(runtime, isConditional, [...domains])),
  };
}

/** What this toolkit says that a file is; `foreign` where it was written by another program. */
export function kindOf(
  { metadataProps }: Pick<ReadModel, 'metadataProps'>,
  where: string,
): FileOutlook['kind'] {
  const entry = metadataProps.find(({ key }) => key === METADATA_KEY);
  if (entry === undefined) return 'foreign';
  try {
    return (JSON.parse(entry.value) as OnnxMetadata).kind;
  } catch (cause) {
    throw new DataError({
      where,
      rule: 'what earlyexit wrote into the file is whole',
      received: 'metadata that are no JSON',
      cause,
    });
  }
}

function outlookFor(
  { name, conditional, isOnnxruntime }: KnownRuntime,
  isConditional: boolean,
  domains: readonly string[],
): RuntimeOutlook {
  if (!isOnnxruntime && domains.length > 0) {
    return {
      name,
      runs: false,
      skips: isConditional ? 'no' : null,
      reason: `operators of ${domains.join(', ')} are onnxruntime’s or of whoever adds them`,
      source: 'the file',
    };
  }
  if (isConditional) return { name, ...conditional };
  return { name, runs: true, skips: null, reason: 'there is no If in it', source: 'the file' };
}
