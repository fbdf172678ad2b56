import { policyToJson, type PromisedPolicy } from '@earlyexit/exit-criteria';
import type { MultiExitModel } from './multi-exit-model';
import { withMetadata } from './with-metadata';

/**
 * The same network with a policy, which sessions and exports then use. The layers and weights are shared; `model` stays
 * as it was.
 *
 * @param policy What to store, with what it promises, or null for none. Temperatures are 1 unless given.
 * @throws ArgumentError if it does not fit the network's exits
 */
export function withPolicy(model: MultiExitModel, policy: PromisedPolicy | null): MultiExitModel {
  return withMetadata(model, { policy: policy === null ? null : policyToJson(policy) });
}
