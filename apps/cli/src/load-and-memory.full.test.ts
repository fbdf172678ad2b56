import { expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

interface Row {
  readonly variant: 'static' | 'early-exit';
  readonly loadMs: number;
  readonly peakMemoryMB: number;
}

it('loads a ResNet-56 with an exit in less than twice the time without, and stays under 180 MB in batches of 64', async () => {
  const argv = ['bench', 'resnet56_cifar', '--exits', 'block4', '--batches', '64', '--shares', '0', '0.7'];
  const ran = await runCommand([...argv, '--rounds', '1', '--images', '64', '--json']);
  expect({ code: ran.code }, ran.stderr).toEqual({ code: 0 });
  const { rows } = ran.json() as { rows: Row[] };
  const [plain, ...exits] = rows;
  expect(rows.map(({ variant }) => variant)).toEqual(['static', 'early-exit', 'early-exit']);
  for (const row of exits) {
    expect(row.loadMs / plain!.loadMs).toBeLessThan(2);
    expect(row.peakMemoryMB).toBeLessThan(180);
  }
  process.stderr.write(
    `loaded in ${(exits[0]!.loadMs / plain!.loadMs).toFixed(2)} times what it takes without exits, ${exits[0]!.peakMemoryMB.toFixed(0)} MB\n`,
  );
});
