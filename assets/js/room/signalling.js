// The page's line to the server: one WebSocket that comes back by itself. Knows close codes, not calls.

import { t } from '../words.js';

const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000];
const SILENCE_MS = 13_000; // The server beats every 5 s.

/** Close codes after which connecting again would not help, with the sentence for the person. */
const FINAL = {
  1000: t('You have left the room.'),
  4000: t('The session is over.'),
  4001: t('You opened the room in another tab or on another device. This page is no longer connected.'),
  4002: t('Somebody else is already in this seat. If that is not expected, report it from the check-in page.'),
  4003: t('This page and the server do not understand each other. Reload the page.'),
};

/** 16 hexadecimal digits that name this page load, or a round. */
export function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Events: `message` (detail: the message), `up`, `down` (detail: {waitMs}), `over` (detail: {code, sentence}).
 */
export class Signalling extends EventTarget {
  #address;
  #socket = null;
  #failures = 0;
  #retryTimer;
  #silenceTimer;
  #isOver = false;

  constructor(path) {
    super();
    this.#address = new URL(path, location.href);
    this.#address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#address.searchParams.set('page', randomId());
    // A phone that wakes, or a network that returns, need not wait for the back-off.
    const hurry = () => { if (!this.#isOver && !this.#socket && !document.hidden) this.connect(); };
    addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
  }

  get isUp() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.#retryTimer);
    this.#isOver = false;
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    this.#watch(socket);
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return;
      this.#watch(socket);
      const message = JSON.parse(data);
      if (message.type === 'welcome') {
        this.#failures = 0;
        this.#emit('up');
      }
      this.#emit('message', message);
    });
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.#socket) this.#lost(code);
    });
  }

  send(message) {
    if (this.isUp) this.#socket.send(JSON.stringify(message));
    return this.isUp;
  }

  /** Says good-bye; the server closes. */
  leave() {
    if (!this.send({ type: 'bye' })) this.#finish(1000);
  }

  /** A line that is silent is dead even where no close arrives. */
  #watch(socket) {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (socket !== this.#socket) return;
      this.#lost(1006);
      socket.close();
    }, SILENCE_MS);
  }

  #lost(code) {
    this.#socket = null;
    clearTimeout(this.#silenceTimer);
    if (code in FINAL) return this.#finish(code);
    const step = BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)];
    this.#failures += 1;
    // Full jitter above a floor, so that a restarted server is not met by everybody at once.
    const waitMs = step / 2 + Math.random() * (step / 2);
    this.#emit('down', { waitMs, failures: this.#failures });
    this.#retryTimer = setTimeout(() => this.connect(), waitMs);
  }

  #finish(code) {
    this.#isOver = true;
    this.#emit('over', { code, sentence: FINAL[code] });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
