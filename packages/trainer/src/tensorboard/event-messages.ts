import protobuf from 'protobufjs/light.js';
import { eventSchema } from './schema';

/** What an event says beside its time and step. */
export type EventContent =
  | { readonly fileVersion: string }
  | { readonly sessionLog: { readonly status: number } }
  | { readonly summary: { readonly value: readonly SummaryValue[] } };

/** One value under its tag. */
export interface SummaryValue {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly tensor?: {
    readonly dtype: number;
    readonly tensorShape: object;
    readonly stringVal: Uint8Array[];
  };
  readonly metadata?: { readonly pluginData: { readonly pluginName: string } };
}

/** A chart of TensorBoard's page Custom Scalars: the tags whose curves it draws together. */
export interface Chart {
  readonly title: string;
  readonly tags: readonly string[];
}

const root = protobuf.Root.fromJSON(eventSchema);
const eventType = root.lookupType('Event');
const layoutType = root.lookupType('Layout');

// `DT_STRING` of types.proto.
const STRING_TYPE = 7;
// `SessionLog.START`.
const START = 1;

/** The first event of every file. */
export const fileVersion: EventContent = { fileVersion: 'brain.Event:2' };

/** A (re)start: readers forget what they read before with the same or a higher step. */
export const sessionStart: EventContent = { sessionLog: { status: START } };

/** Serializes one event. */
export function encodeEvent(content: EventContent, step: number, wallTimeSeconds: number): Uint8Array {
  return eventType.encode({ wallTime: wallTimeSeconds, step, ...content }).finish();
}

/** A text in Markdown, for the page Text. */
export function textValue(tag: string, markdown: string): SummaryValue {
  return stringTensor(tag, 'text', Buffer.from(markdown), [{ size: 1 }]);
}

/** Which curves the page Custom Scalars draws together. */
export function layoutValue(category: string, charts: readonly Chart[]): SummaryValue {
  const layout = layoutType.encode({
    version: 0,
    category: [
      {
        title: category,
        chart: charts.map(({ title, tags }) => ({
          title,
          // The page takes them for regular expressions.
          multiline: { tag: tags.map((tag) => `^${tag.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) },
        })),
      },
    ],
  });
  return stringTensor('custom_scalars__config__', 'custom_scalars', layout.finish(), []);
}

function stringTensor(tag: string, pluginName: string, bytes: Uint8Array, dim: object[]): SummaryValue {
  return {
    tag,
    tensor: { dtype: STRING_TYPE, tensorShape: { dim }, stringVal: [bytes] },
    metadata: { pluginData: { pluginName } },
  };
}
