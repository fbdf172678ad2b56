import { type PinnedPackage, type PinnedWheel, wheel } from '../sources/pinned';

/** Everything that the native engine consists of. */
export interface NativeRelease {
  /** TensorFlow's version. */
  readonly version: string;
  readonly wheels: readonly PinnedWheel[];
  readonly packages: readonly PinnedPackage[];
  /** Disk space that the engine and its downloads take together during installation. */
  readonly neededBytes: number;
}

const version = '2.21.0';

const packages: readonly PinnedPackage[] = [
  {
    name: '@tensorflow/tfjs-node',
    version: '4.22.0',
    integrity:
      'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  },
  {
    // Needed to load tfjs-node's generated protocol buffers.
    name: 'google-protobuf',
    version: '3.21.4',
    integrity:
      'sha512-MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==',
  },
  {
    // Node's C interface, which is the same for every version, so that no version-specific headers are needed.
    name: 'node-api-headers',
    version: '1.9.0',
    integrity:
      'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
];

// A wheel for any Python would do, because only the C++ library is used. The library itself takes 0.9 GB.
const linuxX64 = wheel(
  ...(['tensorflow-cpu', version, 'cp312-cp312-manylinux_2_27_x86_64'] as const),
  ...(['dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb', 274_000_871] as const),
);
// A second oneDNN: the one inside TensorFlow cannot be called, and shares its work among threads less efficiently.
const oneDnn = wheel(
  ...(['onednn-cpu-gomp', '2023.2.0', 'py2.py3-none-manylinux1_x86_64'] as const),
  ...(['2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb', 38_888_991] as const),
);
const linuxArm64 = wheel(
  ...(['tensorflow', version, 'cp312-cp312-manylinux_2_27_aarch64'] as const),
  ...(['b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552', 281_946_471] as const),
);
const linuxX64Gpu = wheel(
  ...(['tensorflow', version, 'cp312-cp312-manylinux_2_27_x86_64'] as const),
  ...(['b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0', 572_611_111] as const),
);

const manylinux = 'py3-none-manylinux2014_x86_64';
// CUDA 12.5 and related libraries: the oldest set that the wheel's requirements allow, which it was built with. Left
// out is what a single GPU never needs: profiling (CUPTI), multi-GPU (NCCL, 320 MB), and cuRAND, which this TensorFlow
// does not open.
const cudaWheels: readonly PinnedWheel[] = [
  wheel(
    'nvidia-cublas-cu12',
    '12.5.3.2',
    manylinux,
    'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
    363_313_169,
  ),
  wheel(
    'nvidia-cuda-nvcc-cu12',
    '12.5.82',
    manylinux,
    'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
    22_468_537,
  ),
  wheel(
    'nvidia-cuda-nvrtc-cu12',
    '12.5.82',
    manylinux,
    '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
    24_873_108,
  ),
  wheel(
    'nvidia-cuda-runtime-cu12',
    '12.5.82',
    manylinux,
    '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
    895_707,
  ),
  wheel(
    'nvidia-cudnn-cu12',
    '9.3.0.75',
    manylinux,
    '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
    577_163_502,
  ),
  wheel(
    'nvidia-cufft-cu12',
    '11.2.3.61',
    manylinux,
    '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
    192_524_114,
  ),
  wheel(
    'nvidia-cusolver-cu12',
    '11.6.3.83',
    manylinux,
    '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
    130_341_232,
  ),
  wheel(
    'nvidia-cusparse-cu12',
    '12.5.1.3',
    manylinux,
    '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
    217_558_979,
  ),
  wheel(
    'nvidia-nvjitlink-cu12',
    '12.5.82',
    manylinux,
    'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
    21_298_879,
  ),
];

const gigabyte = 1_000_000_000;

/** What to install on this kind of machine; null if TensorFlow publishes no library for it. */
export function nativeRelease(platform: string, architecture: string, gpu: boolean): NativeRelease | null {
  if (platform !== 'linux') return null;
  if (gpu) {
    if (architecture !== 'x64') return null;
    return { version, wheels: [linuxX64Gpu, ...cudaWheels], packages, neededBytes: 7 * gigabyte };
  }
  const wheels = { x64: [linuxX64, oneDnn], arm64: [linuxArm64] }[architecture];
  return wheels === undefined ? null : { version, wheels, packages, neededBytes: 1.6 * gigabyte };
}
