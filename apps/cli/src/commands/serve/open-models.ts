import { parseServedName, type ServedModel } from '@earlyexit/server';
import type { Invocation } from '../../command';
import { locateModel, requireTrained } from '../../model/locate-model';
import { openFile, openSaved } from '../../model/open-classifier';
import type { serve } from './options';

/** Opens the models that are to be served. */
export async function openModels(invocation: Invocation<typeof serve>): Promise<ServedModel[]> {
  const opened: ServedModel[] = [];
  for (const word of invocation.operands.models) {
    const { model, ...named } = parseServedName(word);
    const location = requireTrained(await locateModel(model));
    const open = location.kind === 'saved' ? openSaved(location, invocation) : openFile(location, invocation);
    const { session, options, invert } = await open;
    opened.push({ session, options, invert, ...named });
  }
  return opened;
}
