interface Field {
  readonly type: string;
  readonly id: number;
  readonly rule?: 'repeated';
}

const one = (type: string, id: number): Field => ({ type, id });
const many = (type: string, id: number): Field => ({ type, id, rule: 'repeated' });

/**
 * The messages of TensorBoard's event files that a training needs, with the field numbers of the standard: event.proto,
 * summary.proto and tensor.proto of `tensorboard/compat/proto`, layout.proto of its plugin for custom scalars.
 */
export const eventSchema = {
  nested: {
    Event: {
      oneofs: { what: { oneof: ['fileVersion', 'summary', 'sessionLog'] } },
      fields: {
        wallTime: one('double', 1),
        step: one('int64', 2),
        fileVersion: one('string', 3),
        summary: one('Summary', 5),
        sessionLog: one('SessionLog', 7),
      },
    },
    SessionLog: { fields: { status: one('int32', 1) } },
    Summary: { fields: { value: many('SummaryValue', 1) } },
    SummaryValue: {
      oneofs: { value: { oneof: ['simpleValue', 'tensor'] } },
      fields: {
        tag: one('string', 1),
        simpleValue: one('float', 2),
        tensor: one('Tensor', 8),
        metadata: one('SummaryMetadata', 9),
      },
    },
    SummaryMetadata: { fields: { pluginData: one('PluginData', 1) } },
    PluginData: { fields: { pluginName: one('string', 1), content: one('bytes', 2) } },
    Tensor: {
      fields: { dtype: one('int32', 1), tensorShape: one('TensorShape', 2), stringVal: many('bytes', 8) },
    },
    TensorShape: { fields: { dim: many('Dimension', 2) } },
    Dimension: { fields: { size: one('int64', 1) } },
    Layout: { fields: { version: one('int32', 1), category: many('Category', 2) } },
    Category: { fields: { title: one('string', 1), chart: many('Chart', 2) } },
    Chart: { fields: { title: one('string', 1), multiline: one('Multiline', 2) } },
    Multiline: { fields: { tag: many('string', 1) } },
  },
};
