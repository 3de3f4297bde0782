// What stands between a browser and the service: a TCP relay that takes the connection and passes it on later, and a
// router that sends datagrams on from an address of its own.

import dgram from 'node:dgram';
import net from 'node:net';
import { execFileSync } from 'node:child_process';

/** Gives loopback another address for as long as the story runs; a namespace of its own allows it. */
export function addAddress(address, at_end) {
  execFileSync('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
  at_end(async () => execFileSync('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo']));
}

/** A TCP relay to `port` that holds each piece back for `relay.delayMs`, both ways, and connects from `from`. */
export async function tcpRelay(port, from, at_end) {
  const relay = { delayMs: 0, port: 0 };
  const sockets = new Set();
  const server = net.createServer({ noDelay: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      let last = Promise.resolve(); // In order, whatever the delay is meanwhile.
      const pass = (act) => {
        last = Promise.all([last, held(relay.delayMs)]).then(() => { if (!other.destroyed) act(); });
      };
      one.on('data', (piece) => pass(() => other.write(piece)));
      one.on('end', () => pass(() => other.end()));
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay.port = server.address().port;
  at_end(async () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return relay;
}

/** Resolves after at least `ms`: a timer counts from the start of its turn of the event loop and may fire a little early. */
async function held(ms) {
  const due = performance.now() + ms;
  for (let rest = ms; rest > 0; rest = due - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(rest)));
  }
}

/** A router for datagrams: what comes to `at`:`port` goes on to 127.0.0.1:`port` from the address `outside`. */
export async function udpRouter(at, port, outside, at_end) {
  const inside = dgram.createSocket('udp4');
  const ways = new Map();
  inside.on('message', async (message, { address, port: back }) => {
    const name = `${address}:${back}`;
    if (!ways.has(name)) {
      const way = dgram.createSocket('udp4');
      await new Promise((resolve) => way.bind(0, outside, resolve));
      way.on('message', (answer) => inside.send(answer, back, address));
      ways.set(name, way);
    }
    ways.get(name).send(message, port, '127.0.0.1');
  });
  await new Promise((resolve) => inside.bind(port, at, resolve));
  at_end(async () => [inside, ...ways.values()].forEach((socket) => socket.close()));
}
