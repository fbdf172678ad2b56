import { loadSession, type OnnxSession } from '@earlyexit/inference/onnx';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, type InferenceServer } from './create-server';
import type { RequestLog } from './server-options';

const log: RequestLog[] = [];
let session: OnnxSession;
let server: InferenceServer;
/** Two images that leave at different exits, preprocessed. */
const images = Float32Array.from({ length: 2 * 784 }, (_, i) =>
  i < 784 ? Math.sin(i) : ((i * 7919) % 13) - 6,
);

beforeAll(async () => {
  session = await loadSession('b_lenet.mnist', { threads: 1 });
  server = await createServer(session, { onLog: (entry) => log.push(entry) });
});
afterAll(async () => {
  await server.drain();
  session.dispose();
});

const infer = '/v2/models/b_lenet/infer';
const request = (data: unknown = Array.from(images)): object => ({
  id: 'first',
  inputs: [{ name: 'pixel_values', datatype: 'FP32', shape: [2, 1, 28, 28], data }],
});

interface Output {
  readonly name: string;
  readonly data: (number | string)[];
}

const outputsOf = (body: unknown): Record<string, (number | string)[]> =>
  Object.fromEntries((body as { outputs: Output[] }).outputs.map(({ name, data }) => [name, data]));

describe('createServer', () => {
  it('says what it is, whether it lives, and what its models take and give', async () => {
    const get = async (url: string): Promise<unknown> => (await server.app.inject({ url })).json();
    expect(await get('/v2')).toMatchObject({
      name: 'earlyexit',
      extensions: ['binary_tensor_data', 'model_repository'],
    });
    expect(await get('/v2/health/live')).toEqual({ live: true });
    expect(await get('/v2/health/ready')).toEqual({ ready: true });
    expect(await get('/v2/models/b_lenet/versions/1/ready')).toMatchObject({ ready: true });
    expect(await get('/v2/models/b_lenet')).toMatchObject({
      versions: ['1'],
      inputs: [{ name: 'pixel_values', datatype: 'FP32', shape: [-1, 1, 28, 28] }],
      parameters: { raw_input: { name: 'images', datatype: 'UINT8', shape: [-1, 28, 28, 1] } },
    });
  });

  it('answers JSON as the session does', async () => {
    const answer = await server.app.inject({ method: 'POST', url: infer, payload: request() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ model_name: 'b_lenet', model_version: '1', id: 'first' });
    const outputs = outputsOf(answer.json());
    const own = await session.run({ data: images, count: 2 });
    expect(outputs['logits']).toEqual([...own.logits]);
    expect(outputs['exit_index']).toEqual([...own.exits]);
    expect(outputs['class_index']).toEqual([...own.classes]);
    expect(outputs['score']).toEqual([...Float32Array.from(own.scores)]);
    expect(outputs['macs']).toEqual([...own.macs]);
    expect(outputs['label']).toEqual([...own.classes].map((index) => session.metadata.classes[index]));
  });

  it('takes and gives binary tensors, packed if it is asked', async () => {
    const header = Buffer.from(
      JSON.stringify({
        inputs: [
          {
            ...{ name: 'pixel_values', datatype: 'FP32', shape: [2, 1, 28, 28] },
            parameters: { binary_data_size: images.byteLength },
          },
        ],
        outputs: [{ name: 'label', parameters: { binary_data: true } }, { name: 'logits' }],
        parameters: { thresholds: ['never'] },
      }),
    );
    const answer = await server.app.inject({
      ...{ method: 'POST', url: infer, payload: Buffer.concat([header, Buffer.from(images.buffer)]) },
      headers: {
        'inference-header-content-length': String(header.length),
        'content-type': 'application/octet-stream',
        'accept-encoding': 'gzip',
      },
    });
    expect(answer.statusCode).toBe(200);
    const length = Number(answer.headers['inference-header-content-length']);
    const body = JSON.parse(answer.rawPayload.subarray(0, length).toString()) as {
      outputs: { parameters?: object; data: number[] }[];
    };
    const own = await session.run({ data: images, count: 2 }, { thresholds: ['never'] });
    expect(body.outputs[0]?.parameters).toEqual({ binary_data_size: 10 });
    const labels = [...own.classes].map((index) => session.metadata.classes[index]!);
    const binary = answer.rawPayload.subarray(length);
    expect([binary.readUInt32LE(0), binary.toString('utf8', 4, 5), binary.toString('utf8', 9, 10)]).toEqual([
      1,
      ...labels,
    ]);
    expect(body.outputs[1]?.data).toEqual([...own.logits]);
  });

  it('preprocesses raw bytes, and classifies an image as a file', async () => {
    const bytes = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 11 && i % 28 < 16 ? 255 : 0));
    const own = await session.run({ data: bytes, count: 1 });
    const raw = { name: 'images', datatype: 'UINT8', shape: [1, 28, 28, 1], data: [...bytes] };
    const answer = await server.app.inject({ method: 'POST', url: infer, payload: { inputs: [raw] } });
    expect(outputsOf(answer.json())['logits']).toEqual([...own.logits]);
    const png = await sharp(bytes, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toBuffer();
    const classified = await server.app.inject({ method: 'POST', url: '/classify', payload: png });
    expect(classified.json()).toMatchObject({
      class: own.classes[0],
      label: session.metadata.classes[own.classes[0]!],
      exit: own.exits[0],
      macs: own.macs[0],
      model: 'b_lenet',
    });
    const capped = await server.app.inject({
      ...{ method: 'POST', url: '/classify', payload: png },
      query: { max_macs: String(session.metadata.exits[0]!.macs) },
    });
    expect(capped.json()).toMatchObject({ exit: 0 });
  });

  it('counts what it does, and logs every request', async () => {
    const { payload } = await server.app.inject({ url: '/metrics' });
    expect(payload).toMatch(/earlyexit_exit_images_total\{model="b_lenet",version="1",exit="exit0"\} \d/);
    expect(payload).toMatch(/earlyexit_batch_images_count\{model="b_lenet",version="1"\} \d/);
    expect(payload).toMatch(/earlyexit_queue_images\{model="b_lenet",version="1"\} 0/);
    expect(payload).toMatch(/earlyexit_responses_total\{route="\/classify",status="200"\} 2/);
    expect(log.at(-2)).toMatchObject({
      method: 'POST',
      route: '/classify',
      status: 200,
      images: 1,
      model: 'b_lenet',
    });
  });

  it('listens on a port of its own', async () => {
    const other = await createServer({ session, name: 'digits', version: '2' });
    const address = await other.listen({ port: 0 });
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(`${address}/v2/models/digits/versions/2/infer`, {
      method: 'POST',
      body: JSON.stringify(request()),
    });
    expect(answer.status).toBe(200);
    await expect(server.listen({ port: Number(new URL(address).port) })).rejects.toThrow(
      'Choose another port',
    );
    await other.drain();
    await expect(fetch(address)).rejects.toThrow();
  });

  it('refuses models and options that it cannot serve', async () => {
    await expect(createServer([])).rejects.toThrow('there is a model to serve');
    await expect(createServer([session, session])).rejects.toThrow('b_lenet, version 1, twice');
    await expect(createServer({ session, name: '../up' })).rejects.toThrow('a part of addresses');
    await expect(createServer(session, { maxBatch: 0 })).rejects.toThrow('maxBatch');
    await expect(createServer(session, { maxBatch: 64, queue: 8 })).rejects.toThrow('queue');
    await expect(createServer(session, { maxMacs: 10 })).rejects.toThrow('maxMacs');
  });
});
