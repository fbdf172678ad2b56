import type { DecidedSession } from '@earlyexit/evaluation';
import { expect, it } from 'vitest';
import { reportOnExported } from './report-on-exported';

it('refuses thresholds that are built in, before it looks for the data', async () => {
  const network = { isFixed: true, session: { metadata: { name: 'net' } } } as unknown as DecidedSession;
  const nowhere = { engine: 'onnxruntime', dataset: 'image-folder', dataDir: 'nowhere' };
  await expect(reportOnExported(network, nowhere)).rejects.toThrow(/built in let nobody ask.*net/);
});
