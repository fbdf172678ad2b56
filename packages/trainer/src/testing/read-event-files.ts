import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs/light.js';
import { eventSchema } from '../tensorboard/schema';

/** What TensorBoard would show of a folder of event files. */
export interface ReadEvents {
  /** By tag, then by step. */
  readonly scalars: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Steps of the session starts. */
  readonly starts: readonly number[];
  /** Text tensors by tag. */
  readonly texts: ReadonlyMap<string, string>;
}

interface DecodedEvent {
  readonly step?: { toNumber(): number } | number;
  readonly sessionLog?: { readonly status: number };
  readonly summary?: {
    readonly value: {
      readonly tag: string;
      readonly simpleValue?: number;
      readonly tensor?: { readonly stringVal: Uint8Array[] };
    }[];
  };
}

const eventType = protobuf.Root.fromJSON(eventSchema).lookupType('Event');

/** Reads the event files of a folder as TensorBoard does: in the order of their names, forgetting at session starts. */
export async function readEventFiles(folder: string): Promise<ReadEvents> {
  const scalars = new Map<string, Map<number, number>>();
  const starts: number[] = [];
  const texts = new Map<string, string>();
  for (const name of (await readdir(folder)).sort()) {
    const bytes = await readFile(join(folder, name));
    for (let offset = 0; offset < bytes.length;) {
      const length = Number(bytes.readBigUInt64LE(offset));
      const data = bytes.subarray(offset + 12, offset + 12 + length);
      offset += 12 + length + 4;
      const event = eventType.decode(data) as unknown as DecodedEvent;
      const step = Number(event.step ?? 0);
      if (event.sessionLog) {
        starts.push(step);
        for (const values of scalars.values())
          for (const old of values.keys()) if (old >= step) values.delete(old);
      }
      for (const { tag, simpleValue, tensor } of event.summary?.value ?? []) {
        if (tensor) texts.set(tag, Buffer.from(tensor.stringVal[0]!).toString('utf8'));
        else scalars.set(tag, (scalars.get(tag) ?? new Map<number, number>()).set(step, simpleValue ?? 0));
      }
    }
  }
  return { scalars, starts, texts };
}
