import type { EnergyEstimate, ExitAdvice, ProfileDocument } from '@earlyexit/profiler';
import { bytes, count, energy as inJoules, percent, shortMacs } from '@earlyexit/core/format';
import type { Colors } from '../../terminal/colors';
import { formatTable } from '../../terminal/table';

/** The lines of a profile for people. */
export function describeProfile(
  document: ProfileDocument,
  { layers, colors }: { readonly layers: boolean; readonly colors: Colors },
): string[] {
  const { model, inputShape, parameters, parametersWithExits, macs, energy, advice } = document;
  return [
    `${model}: input ${inputShape.map(String).join('×')}, ${count(parameters)} parameters (${count(parametersWithExits)} with exits), ${count(macs)} MACs`,
    '',
    ...exitTable(document, colors),
    ...(energy === undefined ? [] : ['', describeEnergy(energy)]),
    ...(layers ? ['', ...layerTable(document, colors)] : []),
    ...(advice === undefined ? [] : ['', ...adviceTable(advice, colors)]),
  ];
}

function exitTable({ exits }: ProfileDocument, colors: Colors): string[] {
  return formatTable(
    [
      'exit',
      'after',
      '>backbone MACs',
      '>head MACs',
      '>MACs to leave here',
      '>of the plain network',
      '>head parameters',
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
    colors,
  );
}

/** What it takes to leave at each exit, by a model of the hardware. */
function describeEnergy({ model, dtype, static: plain, exits }: EnergyEstimate): string {
  const moved = percent(plain.memoryMicrojoules / plain.totalMicrojoules, 0);
  const each = exits.map(({ totalMicrojoules }) => inJoules(totalMicrojoules)).join(', ');
  return `energy by ${model}, ${dtype}: ${each} to leave at each exit; ${inJoules(plain.totalMicrojoules)} without exits, ${moved} of it to move data`;
}

function layerTable({ layers, exits }: ProfileDocument, colors: Colors): string[] {
  return formatTable(
    ['layer', 'type', 'output', '>MACs', '>parameters', '>memory', 'first used by'],
    layers.map((layer) => [
      layer.name,
      layer.className,
      layer.outputShape.map((size) => size ?? '?').join('×'),
      shortMacs(layer.macs),
      count(layer.parameters),
      bytes(layer.activationBytes),
      exits[layer.usedBy]?.name ?? '',
    ]),
    colors,
  );
}

function adviceTable(advice: readonly ExitAdvice[], colors: Colors): string[] {
  return [
    advice.length === 0
      ? 'No layer is worth an exit: nowhere does a single tensor carry everything that goes on.'
      : 'exits that would pay, to give to --exits:',
    ...formatTable(
      ['after', 'output', '>backbone MACs', '>of the network', 'why'],
      advice.map(({ after, outputShape, backboneMacs, share, reason }) => [
        after,
        outputShape.map(String).join('×'),
        shortMacs(backboneMacs),
        percent(share, 1),
        reason,
      ]),
      colors,
    ),
  ];
}
