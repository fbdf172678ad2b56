import { type PinnedWheel, wheel } from '../sources/pinned';

/** OpenVINO's libraries for this kind of machine; null for untested kinds. */
export function openvinoWheel(platform: string, architecture: string): PinnedWheel | null {
  if (platform !== 'linux' || architecture !== 'x64') return null;
  // A wheel for any Python would do. The second version is the build's.
  return wheel(
    'openvino',
    '2026.4.1',
    '22982-cp312-cp312-manylinux_2_28_x86_64',
    '6b4375c17ddcac83a5180349e2e2bb811185c261066e2a920659892d58ef0e3b',
    59_144_434,
  );
}
