import { adviseExits, profileModel } from '@earlyexit/profiler';
import { ArgumentError } from '@earlyexit/core';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { bytes, count, percent, shortMacs } from '../terminal/format';
import { engineOptions } from '../options/common-schemas';
import { flag, listOf, text, wholeNumber } from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { formatTable } from '../terminal/table';
import { buildNetwork } from './build-network';
import { loadReference, resolveModelArgument } from './model-argument';
import { modelOperand } from './operand';
import { startEngine } from './start-engine';

const schema = z
  .object({ ...engineOptions, exits: listOf(text()), layers: flag(), advise: flag(), seed: wholeNumber(0) })
  .partial();

/** `earlyexit profile`: what a network costs, per exit and per layer. */
export async function profileRun(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, invocation.options);
  const reference = await resolveModelArgument(argument);
  if (reference.kind === 'saved' && options.exits !== undefined) {
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a network by name; a saved model has its own',
      received: argument,
      remedy: 'Leave --exits out, or name a plain network',
    });
  }
  await startEngine(options, output);
  const { seed = 0 } = options;
  if (reference.kind === 'network')
    output.note(`${reference.name}: a registered network with random weights, seed ${String(seed)}`);
  const { model, metadata } =
    reference.kind === 'network'
      ? await buildNetwork({ name: reference.name, exits: options.exits, seed })
      : (await loadReference(reference)).model;
  const profile = profileModel(model);
  const exits = profile.exits.map(({ index, ...exit }) => ({
    name: metadata.exits[index]?.name ?? '',
    ...exit,
  }));
  const advice = options.advise === true ? adviseExits(model) : null;
  for (const layer of profile.uncounted) output.warn(`the multiply-accumulates of ${layer} are not counted`);
  output.json({
    model: metadata.name,
    inputShape: profile.inputShape,
    parameters: profile.parameters,
    parametersWithExits: profile.parametersWithExits,
    macs: profile.macs,
    exits,
    layers: profile.layers,
    ...(advice === null ? {} : { advice }),
  });
  output.text(
    `${metadata.name}: input ${profile.inputShape.map(String).join('×')}, ${count(profile.parameters)} parameters (${count(profile.parametersWithExits)} with exits), ${count(profile.macs)} MACs`,
    '',
    ...formatTable(
      [
        { title: 'exit' },
        { title: 'after' },
        { title: 'backbone MACs', align: 'right' },
        { title: 'head MACs', align: 'right' },
        { title: 'MACs to leave here', align: 'right' },
        { title: 'of the plain network', align: 'right' },
        { title: 'head parameters', align: 'right' },
      ],
      exits.map((exit) => [
        exit.name,
        exit.attachedAfter ?? '–',
        count(exit.backboneMacs),
        count(exit.headMacs),
        count(exit.cumulativeMacs),
        percent(exit.share, 1),
        count(exit.parameters),
      ]),
      output.colors,
    ),
  );
  if (options.layers === true) {
    output.text(
      '',
      ...formatTable(
        [
          { title: 'layer' },
          { title: 'type' },
          { title: 'output' },
          { title: 'MACs', align: 'right' },
          { title: 'parameters', align: 'right' },
          { title: 'memory', align: 'right' },
          { title: 'first used by' },
        ],
        profile.layers.map((layer) => [
          layer.name,
          layer.className,
          layer.outputShape.map((size) => size ?? '?').join('×'),
          shortMacs(layer.macs),
          count(layer.parameters),
          bytes(layer.activationBytes),
          exits[layer.usedBy]?.name ?? '',
        ]),
        output.colors,
      ),
    );
  }
  if (advice !== null) {
    output.text(
      '',
      ...(advice.length === 0
        ? ['No layer lies where an exit would pay: nowhere does a single tensor carry all that goes on.']
        : ['exits that would pay, to give to --exits:']),
      ...formatTable(
        [
          { title: 'after' },
          { title: 'output' },
          { title: 'backbone MACs', align: 'right' },
          { title: 'of the network', align: 'right' },
          { title: 'why' },
        ],
        advice.map(({ after, outputShape, backboneMacs, share, reason }) => [
          after,
          outputShape.map(String).join('×'),
          shortMacs(backboneMacs),
          percent(share, 1),
          reason,
        ]),
        output.colors,
      ),
    );
  }
  return undefined;
}
