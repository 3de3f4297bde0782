// The media line between the two browsers: perfect negotiation (W3C WebRTC 1.0, section 10.7) in *rounds*.
// A round is one fresh peer connection, named by the impolite side (the verifier). Signals of another round are
// leftovers and are dropped; an offer with a new name makes the polite side start afresh too.

import { randomId } from './signalling.js';

const DISCONNECTED_MS = 3000; // ICE often recovers by itself within this time.
const RESTART_MS = 8000; // An ICE restart that has not worked by now gives way to a new round.

/** A relay's candidate may name the address behind it ("raddr"); the other side has no need of it. */
const withoutRelated = (text) => text.replace(/ raddr \S+ rport \d+/g, ' raddr 0.0.0.0 rport 0');

/**
 * Events: `state` (detail: 'waiting' | 'connecting' | 'connected' | 'struggling' | 'away'), `remote` (detail: MediaStream).
 */
export class Call extends EventTarget {
  #configuration;
  #sendDescription;
  #sendCandidate;
  #tracks = { audio: null, video: null };
  #senders = {};
  #isPolite = true;
  #round = null;
  #peer = null;
  #isPeerAway = false;
  #isMakingOffer = false;
  #ignoresOffer = false;
  #mayOffer = false;
  #rescueTimer;
  #remote = new MediaStream();

  /** The peer connection of the round in work; null before the first. Read by reports and by tests. */
  pc = null;

  constructor({ iceServers, relayOnly, send }) {
    super();
    this.#configuration = { iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all', bundlePolicy: 'max-bundle' };
    const hide = relayOnly ? withoutRelated : (text) => text;
    this.#sendDescription = (round, { type, sdp }) => send({ type, round, sdp: hide(sdp) });
    this.#sendCandidate = (round, c) => send({
      type: 'candidate',
      round,
      candidate: { candidate: hide(c.candidate), sdp_mid: c.sdpMid, sdp_m_line_index: c.sdpMLineIndex, username_fragment: c.usernameFragment },
    });
  }

  /** The server's welcome: our manners, and the other page if it is there. */
  welcome({ polite, peer }) {
    this.#isPolite = polite;
    if (peer) this.peerJoined(peer);
    else this.peerLeft();
  }

  /** The other page is there. A known page with a healthy line only reconnected its socket: nothing to do. */
  peerJoined(peer) {
    const isHealthy = this.pc?.connectionState === 'connected' && this.pc.signalingState === 'stable';
    const isKnown = peer === this.#peer;
    this.#peer = peer;
    this.#isPeerAway = false;
    if (isKnown && isHealthy) {
      this.#emit('state', 'connected');
      return;
    }
    if (this.#isPolite) {
      this.#emit('state', 'connecting');
      return; // The next offer names the round.
    }
    this.#startRound(randomId());
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

  /** Replaces what we send of one kind ('audio' | 'video'); null sends nothing. */
  async setTrack(kind, track) {
    this.#tracks[kind] = track;
    const sender = this.#senders[kind];
    if (sender) await sender.replaceTrack(track);
    else if (track && this.pc) this.#senders[kind] = this.pc.addTrack(track, new MediaStream([track]));
  }

  /** Handles an offer, an answer or a candidate. Messages are handled one after the other. */
  signal(message) {
    this.#queue = this.#queue.then(() => this.#handle(message)).catch((error) => console.warn('signal not used:', error.name));
    return this.#queue;
  }
  #queue = Promise.resolve();

  async #handle({ type, round, sdp, candidate }) {
    if (round !== this.#round) {
      if (!this.#isPolite || type !== 'offer') return;
      this.#startRound(round);
    }
    const pc = this.pc;
    if (type === 'candidate') {
      const init = { candidate: candidate.candidate, sdpMid: candidate.sdp_mid, sdpMLineIndex: candidate.sdp_m_line_index, usernameFragment: candidate.username_fragment ?? undefined };
      await pc.addIceCandidate(init).catch((error) => { if (!this.#ignoresOffer) throw error; });
      return;
    }
    const collides = type === 'offer' && (this.#isMakingOffer || pc.signalingState !== 'stable');
    this.#ignoresOffer = !this.#isPolite && collides;
    if (this.#ignoresOffer) return;
    await pc.setRemoteDescription({ type, sdp });
    this.#mayOffer = true;
    if (type !== 'offer') return;
    await pc.setLocalDescription();
    this.#sendDescription(round, pc.localDescription);
  }

  #startRound(round) {
    this.#stopRound();
    this.#round = round;
    // The polite side stays silent until the first offer, so that the usual start has no collision.
    this.#mayOffer = !this.#isPolite;
    const pc = new RTCPeerConnection(this.#configuration);
    this.pc = pc;
    this.#emit('state', 'connecting');
    const isCurrent = () => pc === this.pc;

    pc.addEventListener('negotiationneeded', async () => {
      if (!isCurrent() || !this.#mayOffer) return;
      try {
        this.#isMakingOffer = true;
        await pc.setLocalDescription();
        if (isCurrent()) this.#sendDescription(round, pc.localDescription);
      } catch (error) {
        console.warn('offer not made:', error.name);
      } finally {
        this.#isMakingOffer = false;
      }
    });
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (isCurrent() && candidate) this.#sendCandidate(round, candidate);
    });
    pc.addEventListener('track', ({ track }) => {
      if (!isCurrent()) return;
      this.#remote.getTracks().filter((old) => old.kind === track.kind).forEach((old) => this.#remote.removeTrack(old));
      this.#remote.addTrack(track);
      this.#emit('remote', this.#remote);
    });
    pc.addEventListener('connectionstatechange', () => { if (isCurrent()) this.#follow(pc.connectionState); });
    this.#addMedia(pc);
    // A round that never connects (a lost offer, a lost answer) is started again by the side that names rounds.
    this.#rescue(RESTART_MS + DISCONNECTED_MS, () => this.#again());
  }

  #addMedia(pc) {
    for (const kind of ['audio', 'video']) {
      const track = this.#tracks[kind];
      if (track) this.#senders[kind] = pc.addTrack(track, new MediaStream([track]));
      // The offer needs a line of each kind, or the other side could not show what we lack ourselves.
      else if (!this.#isPolite) this.#senders[kind] = pc.addTransceiver(kind, { direction: 'sendrecv' }).sender;
    }
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
    this.pc?.restartIce();
    this.#rescue(RESTART_MS, () => this.#again());
  }

  #again() {
    if (this.#peer && !this.#isPeerAway && !this.#isPolite) this.#startRound(randomId());
  }

  #rescue(afterMs, act) {
    clearTimeout(this.#rescueTimer);
    const pc = this.pc;
    this.#rescueTimer = setTimeout(() => { if (pc === this.pc && pc?.connectionState !== 'connected') act(); }, afterMs);
  }

  #stopRound() {
    clearTimeout(this.#rescueTimer);
    this.pc?.close();
    this.pc = null;
    this.#round = null;
    this.#senders = {};
    this.#remote.getTracks().forEach((track) => this.#remote.removeTrack(track));
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
