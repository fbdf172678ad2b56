import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { loadSession, type OnnxSession } from '@earlyexit/inference/onnx';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, type InferenceServer } from './create-server';

const MEBIBYTE = 2 ** 20;
let session: OnnxSession;
let server: InferenceServer;
let port: number;

beforeAll(async () => {
  session = await loadSession('b_lenet.mnist', { threads: 1 });
  server = await createServer(session, { maxBodyBytes: MEBIBYTE, queue: 64, maxPixels: 1e6 });
  port = Number(new URL(await server.listen({ port: 0 })).port);
});
afterAll(async () => {
  await server.drain();
  session.dispose();
});

const image = new Array<number>(784).fill(0.5);
const tensor = { name: 'pixel_values', datatype: 'FP32', shape: [1, 1, 28, 28], data: image as unknown };
const changed = (change: object, more: object = {}): object => ({
  inputs: [{ ...tensor, ...change }],
  ...more,
});
const withParameters = (parameters: object): object => changed({}, { parameters });
const binary = (values: Float32Array, size = values.byteLength): object => {
  const json = JSON.stringify({
    inputs: [{ ...tensor, data: undefined, parameters: { binary_data_size: size } }],
  });
  return {
    payload: Buffer.concat([Buffer.from(json), Buffer.from(values.buffer)]),
    headers: { 'inference-header-content-length': String(json.length) },
  };
};
const filled = (value: number): Float32Array => new Float32Array(784).fill(value, 400);

type Injected = Record<string, unknown>;
const infer = (payload: unknown, more: object = {}): Injected => ({
  ...{ method: 'POST', url: '/v2/models/b_lenet/infer', payload },
  ...more,
});
const classify = (payload: unknown, query: object = {}): Injected => ({
  ...{ method: 'POST', url: '/classify', payload, query },
});
const get = (url: string, method = 'GET'): Injected => ({ method, url });

/** What is sent, the status, and what the answer has to say. */
const kinds: readonly (readonly [string, Injected, number, RegExp])[] = [
  ['an empty body', infer(undefined), 400, /body: it is JSON.*Received: nothing/],
  ['no JSON', infer('hello'), 400, /body: it is JSON/],
  ['JSON that is cut', infer('{"inputs": [{"name"'), 400, /body: it is JSON/],
  ['bytes that are no UTF-8', infer(Buffer.from([0x22, 0xff, 0x22])), 400, /UTF-8/],
  ['a list', infer('[]'), 400, /expected object, received array/],
  ['null', infer('null'), 400, /expected object, received null/],
  ['lists in lists', infer('['.repeat(1e5)), 400, /body/],
  ['no inputs', infer({}), 400, /inputs: .*received undefined/],
  ['inputs that are none', infer({ inputs: 'x' }), 400, /inputs: .*received string/],
  ['an empty list of inputs', infer({ inputs: [] }), 400, /there is one input.*Received: none/],
  ['two inputs', infer({ inputs: [tensor, tensor] }), 400, /there is one input/],
  ['an input of another name', infer(changed({ name: 'pixels' })), 400, /pixel_values or images.*pixels/],
  ['a name of an object', infer(changed({ name: '__proto__' })), 400, /there is one input/],
  ['an input that is a number', infer({ inputs: [1] }), 400, /inputs\[0\]/],
  ['another datatype', infer(changed({ datatype: 'INT8' })), 400, /datatype is FP32. Received: INT8/],
  ['no datatype', infer(changed({ datatype: undefined })), 400, /inputs\[0\].datatype/],
  ['another shape', infer(changed({ shape: [1, 28, 28] })), 400, /shape is \[n, 1, 28, 28\]/],
  ['an empty shape', infer(changed({ shape: [] })), 400, /shape is/],
  ['no images', infer(changed({ shape: [0, 1, 28, 28], data: [] })), 400, /n of at least 1/],
  ['a negative shape', infer(changed({ shape: [-1, 1, 28, 28] })), 400, /inputs\[0\].shape\[0\]/],
  ['half an image', infer(changed({ shape: [0.5, 1, 28, 28] })), 400, /inputs\[0\].shape\[0\]/],
  ['a shape beyond numbers', infer(changed({ shape: [1e300, 1, 28, 28] })), 400, /inputs\[0\].shape\[0\]/],
  ['a shape of many axes', infer(changed({ shape: new Array(1000).fill(1) })), 400, /inputs\[0\].shape/],
  [
    'more images than may wait',
    infer(changed({ shape: [65, 1, 28, 28] })),
    413,
    /no more images than may wait, 64/,
  ],
  ['as many images as memory', infer(changed({ shape: [2 ** 50, 1, 28, 28] })), 413, /no more images/],
  ['too few numbers', infer(changed({ data: [1, 2] })), 400, /784\. Received: 2 numbers/],
  ['too many numbers', infer(changed({ data: [...image, 1] })), 400, /785 numbers/],
  ['words among numbers', infer(changed({ data: [...image.slice(1), 'x'] })), 400, /"x" at place 783/],
  ['null among numbers', infer(changed({ data: [null, ...image.slice(1)] })), 400, /null at place 0/],
  ['an object as data', infer(changed({ data: { length: 784 } })), 400, /list of numbers/],
  ['no data', infer(changed({ data: undefined })), 400, /list of numbers/],
  [
    'data nested too deep',
    infer(changed({ data: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown })),
    400,
    /numbers/,
  ],
  ['a number beyond numbers', infer(JSON.stringify(changed({})).replace('0.5', '1e999')), 400, /finite/],
  ['a number beyond float32', infer(changed({ data: [1e300, ...image.slice(1)] })), 400, /finite/],
  [
    'bytes that are none',
    infer(changed({ name: 'images', datatype: 'UINT8', shape: [1, 28, 28, 1] })),
    400,
    /whole numbers from 0 to 255/,
  ],
  ['values sent as bytes', infer(changed({ datatype: 'UINT8' })), 400, /datatype is FP32/],
  ['NaN', infer(undefined, binary(filled(NaN))), 400, /image 0: .*finite/],
  ['infinity', infer(undefined, binary(filled(-Infinity))), 400, /finite/],
  ['binary data that are cut', infer(undefined, binary(filled(1).slice(1), 3136)), 400, /3136 bytes/],
  ['another size of binary data', infer(undefined, binary(filled(1), 8)), 400, /binary_data_size 8/],
  ['data twice', infer(changed({ parameters: { binary_data_size: 3136 } })), 400, /and data in it/],
  [
    'binary data without a size',
    infer(`${JSON.stringify(changed({}))}....`, {
      headers: { 'inference-header-content-length': String(JSON.stringify(changed({})).length) },
    }),
    400,
    /no binary_data_size/,
  ],
  [
    'a JSON longer than the body',
    infer('{}', { headers: { 'inference-header-content-length': '99' } }),
    400,
    /here of 2 bytes. Received: 99/,
  ],
  [
    'a negative length of the JSON',
    infer('{}', { headers: { 'inference-header-content-length': '-1' } }),
    400,
    /Received: -1/,
  ],
  [
    'words as the length of the JSON',
    infer('{}', { headers: { 'inference-header-content-length': '1e1' } }),
    400,
    /Received: 1e1/,
  ],
  [
    'an output that is none',
    infer(changed({}, { outputs: [{ name: 'logit' }] })),
    400,
    /Did you mean logits/,
  ],
  ['outputs that are none', infer(changed({}, { outputs: [7] })), 400, /outputs\[0\]/],
  ['many outputs', infer(changed({}, { outputs: new Array(101).fill({ name: 'logits' }) })), 400, /outputs/],
  [
    'classification',
    infer(changed({}, { outputs: [{ name: 'logits', parameters: { classification: 3 } }] })),
    400,
    /class_index/,
  ],
  ['shared memory', infer(changed({ parameters: { shared_memory_region: 'x' } })), 400, /no shared memory/],
  [
    'a parameter that is none',
    infer(withParameters({ threshold: [1] })),
    400,
    /may hold thresholds.*Did you mean thresholds/,
  ],
  ['a sequence', infer(withParameters({ sequence_id: 1 })), 400, /Received: sequence_id/],
  ['too many thresholds', infer(withParameters({ thresholds: [1, 2] })), 400, /parameters: /],
  [
    'thresholds that are none',
    infer(withParameters({ thresholds: ['maybe'] })),
    400,
    /parameters.thresholds/,
  ],
  ['thresholds in words', infer(withParameters({ thresholds: '0.5.5' })), 400, /parameters.thresholds/],
  [
    'many thresholds',
    infer(withParameters({ thresholds: new Array(2000).fill(1) })),
    400,
    /parameters.thresholds/,
  ],
  [
    'a cap that nothing is within',
    infer(withParameters({ max_macs: 10 })),
    400,
    /parameters: some exit costs no more/,
  ],
  ['a negative cap', infer(withParameters({ max_macs: -10 })), 400, /parameters.max_macs/],
  ['no time', infer(withParameters({ timeout: 0 })), 400, /parameters.timeout/],
  ['time in words', infer(withParameters({ timeout: 'soon' })), 400, /parameters.timeout/],
  ['a long id', infer(changed({}, { id: 'x'.repeat(2000) })), 400, /id: /],
  ['an id that is none', infer(changed({}, { id: 1 })), 400, /id: /],
  ['another model', infer(changed({}), { url: '/v2/models/b_lenett/infer' }), 404, /Did you mean b_lenet/],
  [
    'another version',
    infer(changed({}), { url: '/v2/models/b_lenet/versions/9/infer' }),
    404,
    /version: it is one of 1/,
  ],
  [
    'a version of an object',
    infer(changed({}), { url: '/v2/models/b_lenet/versions/constructor/infer' }),
    404,
    /version/,
  ],
  ['a model of an object', get('/v2/models/__proto__'), 404, /model: it is one of b_lenet/],
  ['a path as a model', get('/v2/models/..%2f..%2fetc%2fpasswd'), 404, /model: it is one of/],
  ['a path behind a model', get('/v2/models/../../etc/passwd'), 404, /address: it is one of/],
  ['a zero byte', get('/v2/models/%00'), 404, /model/],
  ['a name that is no UTF-8', get('/v2/models/%ff%fe'), 400, /request/],
  ['a broken escape', get('/v2/models/%zz'), 400, /request/],
  ['a long name', get(`/v2/models/${'x'.repeat(5000)}`), 414, /request/],
  ['an address that is none', get('/favicon.ico'), 404, /address: it is one of/],
  ['another method', get('/v2/models/b_lenet', 'DELETE'), 404, /Received: DELETE/],
  [
    'a body where none is taken',
    { method: 'GET', url: '/v2/models/b_lenet/infer', payload: '{}' },
    404,
    /POST \/v2\/models/,
  ],
  [
    'a packed body that is damaged',
    infer(gzipSync('{}').subarray(4), { headers: { 'content-encoding': 'gzip' } }),
    400,
    /packed as Content-Encoding says/,
  ],
  [
    'a packed body that is cut',
    infer(gzipSync('{}'.repeat(99)).subarray(0, 20), { headers: { 'content-encoding': 'deflate' } }),
    400,
    /packed/,
  ],
  [
    'a decompression bomb',
    infer(gzipSync(Buffer.alloc(64 * MEBIBYTE)), { headers: { 'content-encoding': 'gzip' } }),
    413,
    /at most 1048576 bytes/,
  ],
  [
    'a packing that is unknown',
    infer('{}', { headers: { 'content-encoding': 'br' } }),
    415,
    /gzip, deflate or identity/,
  ],
  ['a packing packed', infer('{}', { headers: { 'content-encoding': 'gzip, gzip' } }), 415, /gzip, deflate/],
  ['a body that is too large', infer(Buffer.alloc(MEBIBYTE + 1)), 413, /at most 1048576 bytes/],
  [
    'a type of body that is none',
    infer('{}', { headers: { 'content-type': 'x' } }),
    415,
    /Media Type|request/,
  ],
  ['no image', classify(undefined), 400, /an empty file/],
  ['text as an image', classify('hello'), 400, /JPEG, PNG/],
  ['a drawing as an image', classify('<svg xmlns="http://www.w3.org/2000/svg"/>'), 400, /SVG/],
  ['a page as an image', classify('<!doctype html>'), 400, /HTML/],
  ['a PDF as an image', classify('%PDF-1.7'), 400, /PDF/],
  ['the beginning of a PNG', classify(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), 400, /damaged or cut/],
  ['the beginning of a JPEG', classify(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])), 400, /damaged or cut/],
  ['a model in the query that is none', classify('x', { model: 'x' }), 404, /model/],
  ['a query that is none', classify('x', { modell: 'x' }), 400, /may hold model/],
  ['a query twice', { method: 'POST', url: '/classify?model=a&model=b', payload: 'x' }, 400, /model: /],
  ['time in words in the query', classify('x', { timeout: 'soon' }), 400, /timeout/],
  ['thresholds in the query that are none', classify('x', { thresholds: 'soon' }), 400, /thresholds/],
  ['too small a cap in the query', classify('x', { max_macs: '1' }), 400, /parameters/],
];

describe('hostile input is refused, and says why', () => {
  it.each(kinds)('%s', async (_, sent, status, message) => {
    const answer = await server.app.inject(sent);
    const { error } = answer.json<{ error: string }>();
    expect(error).toMatch(message);
    expect(error).not.toMatch(/node_modules|\n\s+at |\.ts\b/);
    expect(error.length).toBeLessThan(600);
    expect(answer.statusCode).toBe(status);
  });

  it('an image of too many pixels, which takes few bytes', async () => {
    const bomb = await sharp({ create: { width: 4000, height: 4000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const answer = await server.app.inject({ method: 'POST', url: '/classify', payload: bomb });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({
      error: expect.stringContaining('at most 1 million pixels. Received: 4000 × 4000') as string,
    });
  });

  it('an image that is cut', async () => {
    const whole = await sharp({ create: { width: 99, height: 99, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const answer = await server.app.inject({
      method: 'POST',
      url: '/classify',
      payload: whole.subarray(0, -40),
    });
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining('damaged or cut')]);
  });

  it('whatever a body is changed to', async () => {
    const whole = Buffer.from(
      JSON.stringify(changed({}, { parameters: { thresholds: [0.5] }, outputs: [{ name: 'label' }] })),
    );
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255), cut: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const body = Buffer.from(whole);
        for (const { at, byte } of changes) body[at] = byte;
        const payload = changes[0]!.cut === 0 ? body.subarray(0, changes[0]!.at) : body;
        const answer = await server.app.inject({ ...infer(payload) });
        expect([200, 400, 404, 413]).toContain(answer.statusCode);
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});

/** What comes back from a connection on which bytes were sent, until it is closed. */
function talk(sent: string | Buffer, end = false): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(sent);
      if (end) socket.end();
    });
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (data) => (received += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(received);
    });
  });
}

const head = 'POST /v2/models/b_lenet/infer HTTP/1.1\r\nHost: here\r\n';

describe('what is no HTTP is refused on the connection', () => {
  it.each([
    ['noise', '\0\x01\x02\xff\r\n\r\n', /^HTTP\/1.1 400/],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1.1 400/],
    ['a flood of headers', `${head}${'x: yyyyyyyyyyyyyyyy\r\n'.repeat(2000)}\r\n`, /^HTTP\/1.1 431/],
    ['a header that never ends', `${head}x: ${'y'.repeat(40_000)}`, /^HTTP\/1.1 431/],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, /^HTTP\/1.1 400/],
    [
      'a length and chunks',
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      /^HTTP\/1.1 400/,
    ],
    ['a negative length', `${head}Content-Length: -2\r\n\r\n{}`, /^HTTP\/1.1 400/],
    ['chunks that are none', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, /^HTTP\/1.1 400/],
    ['no host', 'GET /v2 HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
  ])('%s', async (_, sent, answer) => {
    expect(await talk(sent)).toMatch(answer);
  });

  it('and who leaves in the middle of a body disturbs nobody', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => talk(`${head}Content-Length: 5000\r\n\r\n{"inputs"`, true)),
    );
    const answer = await fetch(`http://127.0.0.1:${port}/v2/models/b_lenet/infer`, {
      method: 'POST',
      body: JSON.stringify(changed({})),
    });
    expect(answer.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.inFlight).toBe(0);
  });
});
