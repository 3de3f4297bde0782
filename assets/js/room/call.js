// The media line between the two browsers, kept alive over reloads, lost sockets and broken networks. It decides which
// *round* is in work (`round.js`); the impolite side (the verifier) names rounds, the polite side asks for a new one.

import { Round } from './round.js';
import { randomId } from './signalling.js';

const ASK_MS = 3000; // So long the polite side waits for an offer before it asks for one.
const DISCONNECTED_MS = 3000; // ICE often recovers by itself within this time.
const RESTART_MS = 8000; // An ICE restart that has not worked by now gives way to a new round.

/**
 * Events: `state` (detail: 'waiting' | 'connecting' | 'connected' | 'struggling' | 'away'), `remote` (detail: MediaStream),
 * `failed` (the browsers did not reach each other).
 */
export class Call extends EventTarget {
  #options;
  #tracks = { audio: null, video: null };
  #isPolite = true;
  #round = null;
  #peer = null;
  #isPeerAway = false;
  #rescueTimer;
  #remote = new MediaStream();

  constructor({ iceServers, relayOnly, send }) {
    super();
    this.#options = { iceServers, relayOnly, send };
  }

  /** The peer connection of the round in work; null where there is none. Read by reports and by tests. */
  get pc() {
    return this.#round?.pc ?? null;
  }

  /** The server's welcome: our manners, and the other page if it is there. */
  welcome({ polite, peer }) {
    this.#isPolite = polite;
    if (peer) this.peerJoined(peer);
    else this.peerLeft();
  }

  /** The other page is there. A known page with a healthy line only reconnected its socket: nothing to do. */
  peerJoined(peer) {
    const isKnown = peer === this.#peer;
    this.#peer = peer;
    this.#isPeerAway = false;
    if (isKnown && this.#round?.isHealthy) {
      this.#emit('state', 'connected');
      return;
    }
    // What a page that is gone began cannot be gone on with.
    if (!isKnown) this.#stopRound();
    if (!this.#isPolite) return this.#startRound(randomId());
    this.#emit('state', 'connecting');
    this.#rescue(ASK_MS, () => this.#again()); // Usually the other side's offer is here long before.
  }

  /**
   * The other page has no line to the server. A picture that still flows is kept until it stops by itself: a lost
   * line comes back in a moment, and the talk need not stop for it.
   */
  peerLeft() {
    if (this.pc?.connectionState !== 'connected') return this.hangUp();
    this.#isPeerAway = true;
    this.#emit('state', 'away');
  }

  /** Ends the call at once. */
  hangUp() {
    this.#peer = null;
    this.#isPeerAway = false;
    this.#stopRound();
    this.#emit('state', 'waiting');
  }

  /** Starts afresh: the line is up and yet no picture comes through it. */
  renew() {
    this.#again();
  }

  /** Replaces what we send of one kind ('audio' | 'video'); null sends nothing. */
  async setTrack(kind, track) {
    this.#tracks[kind] = track;
    await this.#round?.setTrack(kind, track);
  }

  /** Takes an offer, an answer or a candidate. Those of another round are leftovers; an offer may begin one. */
  signal(message) {
    if (!this.#peer) return;
    if (message.round !== this.#round?.name) {
      if (!this.#isPolite || message.type !== 'offer') return;
      this.#startRound(message.round);
    }
    this.#round.signal(message);
  }

  /** The other side misses an offer, or its round (null: it has none) does not come up. */
  asked({ round }) {
    if (this.#isPolite || !this.#peer) return;
    // Where we are in a newer one already, its offer is on the way.
    if (round === null || round === this.#round?.name) this.#startRound(randomId());
  }

  #startRound(name) {
    this.#stopRound();
    const round = new Round({ ...this.#options, name, isPolite: this.#isPolite, tracks: this.#tracks });
    this.#round = round;
    this.#emit('state', 'connecting');
    round.addEventListener('state', ({ detail }) => this.#follow(detail));
    round.addEventListener('track', ({ detail: track }) => {
      this.#remote.getTracks().filter((old) => old.kind === track.kind).forEach((old) => this.#remote.removeTrack(old));
      this.#remote.addTrack(track);
      this.#emit('remote', this.#remote);
    });
    // A round that never connects (a lost offer, a lost answer) gives way to another.
    this.#rescue(RESTART_MS + DISCONNECTED_MS, () => this.#again());
  }

  #follow(state) {
    if (this.#isPeerAway && state !== 'connected') {
      this.hangUp();
    } else if (state === 'connected') {
      clearTimeout(this.#rescueTimer);
      this.#emit('state', this.#isPeerAway ? 'away' : 'connected');
    } else if (state === 'disconnected') {
      this.#emit('state', 'struggling');
      this.#rescue(DISCONNECTED_MS, () => this.#restartIce());
    } else if (state === 'failed') {
      this.#emit('state', 'struggling');
      this.#emit('failed');
      this.#restartIce();
    }
  }

  #restartIce() {
    this.#round?.restartIce();
    this.#rescue(RESTART_MS, () => this.#again());
  }

  /** A new round: by our own decision, or as a wish to the side that names them. */
  #again() {
    if (!this.#peer || this.#isPeerAway) return;
    if (!this.#isPolite) return this.#startRound(randomId());
    this.#options.send({ type: 'again', round: this.#round?.name ?? null });
    this.#rescue(RESTART_MS, () => this.#again());
  }

  #rescue(afterMs, act) {
    clearTimeout(this.#rescueTimer);
    const round = this.#round;
    this.#rescueTimer = setTimeout(() => { if (round === this.#round && this.pc?.connectionState !== 'connected') act(); }, afterMs);
  }

  #stopRound() {
    clearTimeout(this.#rescueTimer);
    this.#round?.close();
    this.#round = null;
    this.#remote.getTracks().forEach((track) => this.#remote.removeTrack(track));
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
