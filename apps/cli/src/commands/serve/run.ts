import { once } from 'node:events';
import { plural } from '@earlyexit/core/format';
import { createServer, openServed, readSecrets, type ServerOptions } from '@earlyexit/server';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { locateModel, requireTrained } from '../../model/locate-model';
import { openFile, openSaved } from '../../model/open-classifier';
import { describeServer } from './describe';
import type { serve } from './options';

/** `earlyexit serve`: answers requests until it is told to stop. */
export async function run(invocation: Invocation<typeof serve>): Promise<number> {
  const { options, output, signal } = invocation;
  const secrets = await readSecrets({ ...options, signal });
  const request = { ...invocation, options: { ...options, inThread: true } };
  const { models, reload } = await openServed(invocation.operands.models, async (model) => {
    const location = requireTrained(await locateModel(model));
    return location.kind === 'saved' ? openSaved(location, request) : openFile(location, request);
  });
  const onLog: ServerOptions['onLog'] = (entry) => {
    output.jsonLine(entry);
    const { method, route, status, milliseconds, error = '', stack } = entry;
    output.detail(`${method} ${route ?? '?'} ${status} ${milliseconds.toFixed(1)} ms ${error}`);
    if (stack !== undefined) output.warn(output.mode.verbose ? stack : error);
  };
  const server = await createServer(models, { ...options, ...secrets, reload, onLog });
  const url = await server.listen(options);
  output.text(...describeServer(url, models, secrets.token !== undefined));
  output.jsonLine({ time: new Date().toISOString(), listening: url });
  if (!signal.aborted) await once(signal, 'abort');
  output.note(`${plural(server.inFlight, 'request')} in flight: answered first, new ones are refused`);
  await server.drain();
  for (const { session } of models) session.dispose();
  return exitCode.done;
}
