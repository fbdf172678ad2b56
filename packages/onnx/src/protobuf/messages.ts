/** The ONNX element types used here, by their number in the standard. */
export const elementType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;

/** The name of an element type. */
export type ElementType = keyof typeof elementType;

/** The kinds of attributes, by their number in the standard. */
export const attributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
} as const;

/** `onnx.ModelProto` */
export interface ModelMessage {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  graph: GraphMessage;
  opsetImport: { domain: string; version: number }[];
  metadataProps: { key: string; value: string }[];
}

/** `onnx.GraphProto` */
export interface GraphMessage {
  node: NodeMessage[];
  name: string;
  initializer: TensorMessage[];
  input: ValueInfoMessage[];
  output: ValueInfoMessage[];
  valueInfo: ValueInfoMessage[];
}

/** `onnx.NodeProto` */
export interface NodeMessage {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  /** Left out for the operators of ONNX itself. */
  domain?: string;
  attribute: AttributeMessage[];
}

/** `onnx.AttributeProto` */
export interface AttributeMessage {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorMessage;
  g?: GraphMessage;
  floats?: number[];
  ints?: number[];
  graphs?: GraphMessage[];
}

/** `onnx.TensorProto`; the data are little-endian bytes, row-major. */
export interface TensorMessage {
  dims: number[];
  dataType: number;
  name: string;
  rawData: Uint8Array;
}

/** `onnx.ValueInfoProto` */
export interface ValueInfoMessage {
  name: string;
  type: { tensorType: { elemType: number; shape?: { dim: DimensionMessage[] } } };
}

/** A fixed size, or the name of a free one. */
export type DimensionMessage = { dimValue: number } | { dimParam: string };
