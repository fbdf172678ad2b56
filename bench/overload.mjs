// Overload, beside capacity: how many requests a server answers when as many come as it can take, and how many of ten
// times as many, with what latency and memory. Starts `earlyexit serve` on some processors and autocannon on others:
//
//   node bench/overload.mjs FILE.onnx --cpus 1 --seconds 15 -- --earlyexit 0.9 0.9 0.9
//
// What follows `--` goes to `earlyexit serve`. `--timeout` is the deadline of a request in milliseconds.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const argv = process.argv.slice(2);
const split = argv.includes('--') ? argv.indexOf('--') : argv.length;
const { values, positionals } = parseArgs({
  args: argv.slice(0, split),
  allowPositionals: true,
  options: {
    cpus: { type: 'string' },
    seconds: { type: 'string', default: '15' },
    timeout: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '64' },
    times: { type: 'string', default: '10' },
  },
});
const [file] = positionals;
const [seconds, timeout, connections, times] = ['seconds', 'timeout', 'connections', 'times'].map((key) =>
  Number(values[key]),
);

const command = [
  process.execPath,
  'packages/earlyexit/bin/earlyexit.js',
  'serve',
  `model=${file}`,
  '--port',
  '0',
  '--json',
  ...argv.slice(split + 1),
];
const [program, ...rest] = values.cpus === undefined ? command : ['taskset', '-c', values.cpus, ...command];
const server = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise((resolve) => {
  let text = '';
  server.stdout.on('data', (data) => {
    // The log is read, or the server would wait; the first line that is whole says where it listens.
    if (text !== null) text += data;
    const listening = /"listening":"([^"]+)"/.exec(text ?? '');
    if (listening === null) return;
    text = null;
    resolve(listening[1]);
  });
  server.on('exit', (code) => process.exit(code ?? 1));
});
process.on('exit', () => server.kill());
process.on('SIGTERM', () => process.exit(1));
const { inputs, parameters } = await (await fetch(`${url}/v2/models/model`)).json();

/** A request for one image of seeded noise, in the binary form that tritonclient sends. */
function body() {
  const { shape } = parameters.raw_input ?? inputs[0];
  const size = shape.slice(1).reduce((product, side) => product * side, 1);
  let seed = 7;
  const bytes = Buffer.from(
    Uint8Array.from({ length: size }, () => (seed = (seed * 48271) % 2147483647) & 255),
  );
  const json = Buffer.from(
    JSON.stringify({
      inputs: [
        {
          name: 'images',
          datatype: 'UINT8',
          shape: [1, ...shape.slice(1)],
          parameters: { binary_data_size: size },
        },
      ],
      outputs: [{ name: 'class_index' }],
      parameters: { timeout: timeout * 1000 },
    }),
  );
  return {
    body: Buffer.concat([json, bytes]),
    headers: { 'inference-header-content-length': String(json.length) },
  };
}

function memoryMiB() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
}

async function shoot(name, options) {
  const before = memoryMiB();
  const answered = [];
  let refused = 0;
  const run = autocannon({
    url: `${url}/v2/models/model/infer`,
    ...{ method: 'POST', ...body(), duration: seconds, timeout: 60, ...options },
  });
  run.on('response', (_, status, __, milliseconds) => {
    if (status === 200) answered.push(milliseconds);
    else refused++;
  });
  const result = await run;
  const inTime = answered.filter((each) => each <= timeout).length / seconds;
  answered.sort((a, b) => a - b);
  const at = (share) => (answered[Math.floor(share * (answered.length - 1))] ?? NaN).toFixed(0);
  console.log(
    `${name}: ${inTime.toFixed(1)} answered in time a second, ${(refused / seconds).toFixed(0)} refused a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, errors ${result.errors}, ${before.toFixed(0)} to ${memoryMiB().toFixed(0)} MiB`,
  );
  return inTime;
}

await shoot('warm-up', { connections, duration: 3 });
const capacity = await shoot('capacity', { connections });
const overallRate = Math.round(times * capacity);
const open = await shoot(`${times} times the requests (${overallRate} a second)`, {
  connections: 400,
  overallRate,
});
const closed = await shoot('400 connections, as fast as they can', { connections: 400 });
console.log(
  `of the capacity: ${((100 * open) / capacity).toFixed(0)} %, ${((100 * closed) / capacity).toFixed(0)} %`,
);
server.kill('SIGTERM');
await new Promise((resolve) => server.once('exit', resolve)).catch(() => undefined);
