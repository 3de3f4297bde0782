// A running `muster` process for a story, on a free port, its output kept.

import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { eventually } from './poll.mjs';

/** The program under test. */
export const MUSTER = process.env.MUSTER_BIN;

/** A loopback port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** One process; `close` ends it and removes its folder. */
export class Service {
  #child = null;
  #ended = null;
  #command;

  constructor(command, port, folder) {
    this.#command = command;
    this.port = port;
    this.folder = folder;
    this.logFile = path.join(folder, 'log');
  }

  /**
   * Starts it and waits until `ready` (a path) answers 200.
   *
   * @param {(port: number, folder: string) => {args: string[], env?: object}} describe
   */
  static async start(describe, { program = MUSTER, ready = '/readyz' } = {}) {
    if (!program) throw new Error('MUSTER_BIN does not name the muster program: run ./test');
    const port = await freePort();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'muster-story-'));
    const service = new Service({ program, ready, ...describe(port, folder) }, port, folder);
    await service.startAgain();
    return service;
  }

  /** Starts it on the same port and folder after it ended. */
  async startAgain() {
    const { program, ready, args, env = {} } = this.#command;
    const log = fs.openSync(this.logFile, 'a');
    const inherited = { PATH: process.env.PATH, HOME: process.env.HOME };
    const options = { env: { ...inherited, ...env }, stdio: ['ignore', log, log], cwd: this.folder };
    this.#child = spawn(program, args, options);
    fs.closeSync(log);
    let status = null;
    this.#ended = new Promise((resolve) => {
      this.#child.on('exit', (code, signal) => resolve((status = `exit ${code ?? signal}`)));
      this.#child.on('error', (error) => resolve((status = error.message)));
    });
    const look = async () => status || (await fetch(this.url(ready))).status === 200;
    await eventually(`${path.basename(program)} to be ready`, look, 30_000).catch((error) => {
      throw new Error(`${error.message}\n${this.log()}`);
    });
    if (status) throw new Error(`${program} ended before it was ready (${status})\n${this.log()}`);
  }

  /** An address of it; `host` is a persona such as `anna.localhost`. */
  url(pathname = '/', host = '127.0.0.1') {
    return `http://${host}:${this.port}${pathname}`;
  }

  /** Everything it has written so far. */
  log() {
    return fs.readFileSync(this.logFile, 'utf8');
  }

  /** Ends it without warning. */
  async kill9() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends it and forgets its folder. */
  async close() {
    await this.kill9();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
