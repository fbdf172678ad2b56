import { once } from 'node:events';
import { plural } from '@earlyexit/core/format';
import {
  createServer,
  parseServedName,
  readSecrets,
  type ServedModel,
  type ServerOptions,
} from '@earlyexit/server';
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
  const words = new Map<string, string>();
  const open = async (word: string): Promise<ServedModel> => {
    const { model, name, version } = parseServedName(word);
    const location = requireTrained(await locateModel(model));
    const opened =
      location.kind === 'saved' ? openSaved(location, invocation) : openFile(location, invocation);
    words.set(`${name}:${version}`, word);
    return { ...(await opened), name, version };
  };
  const models: ServedModel[] = [];
  for (const word of invocation.operands.models) models.push(await open(word));
  const reload: ServerOptions['reload'] = ({ name, version }) => open(words.get(`${name}:${version}`)!);
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
