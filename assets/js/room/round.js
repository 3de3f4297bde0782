// One *round*: a fresh peer connection and everything that belongs to it, by perfect negotiation (W3C WebRTC 1.0,
// section 10.7). A browser never settles a promise that was under way when its connection was closed. So nothing of a
// round (its queue, its flags, its senders) outlives it: a round that hangs is dropped, and the next one knows nothing of it.

/** A relay's candidate may name the address behind it ("raddr"); the other side has no need of it. */
const withoutRelated = (text) => text.replace(/ raddr \S+ rport \d+/g, ' raddr 0.0.0.0 rport 0');

/** Events: `state` (detail: the connection's state), `track` (detail: MediaStreamTrack). None after `close`. */
export class Round extends EventTarget {
  #isPolite;
  #send;
  #hide;
  #senders = {};
  #queue = Promise.resolve();
  #isOver = false;
  #over;
  #end;
  #isMakingOffer = false;
  #mayOffer;

  /** Shared by both sides; signals of another name do not belong here. */
  name;
  pc;

  /**
   * @param {object} it
   * @param {string} it.name
   * @param {boolean} it.isPolite gives way when two offers cross, and stays silent until the first offer
   * @param {boolean} it.relayOnly
   * @param {RTCIceServer[]} it.iceServers
   * @param {{audio: MediaStreamTrack?, video: MediaStreamTrack?}} it.tracks what we send
   * @param {(message: object) => void} it.send
   */
  constructor({ name, isPolite, relayOnly, iceServers, tracks, send }) {
    super();
    this.name = name;
    this.#isPolite = isPolite;
    this.#mayOffer = !isPolite; // The usual start then has no collision.
    this.#send = (message) => { if (!this.#isOver) send({ ...message, round: name }); };
    this.#hide = relayOnly ? withoutRelated : (text) => text;
    this.#over = new Promise((resolve) => { this.#end = resolve; });
    this.pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all', bundlePolicy: 'max-bundle' });
    this.#listen();
    this.#addMedia(tracks);
  }

  /** Whether media flows and no description is under way. */
  get isHealthy() {
    return this.pc.connectionState === 'connected' && this.pc.signalingState === 'stable';
  }

  /** Takes an offer, an answer or a candidate of this round, one after the other. */
  signal(message) {
    this.#inTurn(message.type, () => this.#handle(message));
  }

  /**
   * Replaces what we send of one kind; null sends nothing. Resolves when it is so, or the round is over. It waits its
   * turn: where a track is added while an offer is being taken, Chromium never tells of the tracks that offer brings.
   */
  async setTrack(kind, track) {
    const isSet = this.#inTurn(kind, async () => {
      const sender = this.#senders[kind];
      if (sender) await sender.replaceTrack(track);
      else if (track) this.#senders[kind] = this.pc.addTrack(track, new MediaStream([track]));
    });
    await Promise.race([isSet, this.#over]);
  }

  restartIce() {
    this.pc.restartIce();
  }

  close() {
    this.#isOver = true;
    this.#end();
    this.pc.close();
  }

  #inTurn(what, act) {
    this.#queue = this.#queue
      .then(() => this.#isOver || act())
      .catch((error) => { if (!this.#isOver) console.warn(`${what} not used:`, error.name); });
    return this.#queue;
  }

  #listen() {
    const { pc } = this;
    pc.addEventListener('negotiationneeded', () => this.#offer());
    pc.addEventListener('icecandidate', ({ candidate: c }) => {
      if (!c) return;
      const candidate = { candidate: this.#hide(c.candidate), sdp_mid: c.sdpMid, sdp_m_line_index: c.sdpMLineIndex, username_fragment: c.usernameFragment };
      this.#send({ type: 'candidate', candidate });
    });
    pc.addEventListener('track', ({ track }) => this.#emit('track', track));
    pc.addEventListener('connectionstatechange', () => this.#emit('state', pc.connectionState));
  }

  #addMedia(tracks) {
    for (const kind of ['audio', 'video']) {
      const track = tracks[kind];
      if (track) this.#senders[kind] = this.pc.addTrack(track, new MediaStream([track]));
      // The offer needs a line of each kind, or the other side could not show what we lack ourselves.
      else if (!this.#isPolite) this.#senders[kind] = this.pc.addTransceiver(kind, { direction: 'sendrecv' }).sender;
    }
  }

  async #offer() {
    if (!this.#mayOffer) return;
    try {
      this.#isMakingOffer = true;
      await this.pc.setLocalDescription();
      this.#sendDescription();
    } catch (error) {
      if (!this.#isOver) console.warn('offer not made:', error.name);
    } finally {
      this.#isMakingOffer = false;
    }
  }

  async #handle({ type, sdp, candidate }) {
    const { pc } = this;
    if (type === 'candidate') return this.#addCandidate(candidate);
    // An answer that fits no offer of ours belongs to one that was rolled back.
    if (type === 'answer' && pc.signalingState !== 'have-local-offer') return;
    const collides = type === 'offer' && (this.#isMakingOffer || pc.signalingState !== 'stable');
    if (collides && !this.#isPolite) return; // The other side rolls back and answers ours.
    await pc.setRemoteDescription({ type, sdp }); // On the polite side this rolls our own offer back.
    this.#mayOffer = true;
    if (type !== 'offer') return;
    await pc.setLocalDescription();
    this.#sendDescription();
  }

  async #addCandidate({ candidate, sdp_mid: sdpMid, sdp_m_line_index: sdpMLineIndex, username_fragment: fragment }) {
    // A candidate of an offer we ignored, or from before an ICE restart, names a fragment that is not in force.
    const inForce = this.pc.remoteDescription?.sdp ?? '';
    if (!inForce || (fragment && !inForce.includes(`a=ice-ufrag:${fragment}\r\n`))) return;
    await this.pc.addIceCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment: fragment ?? undefined });
  }

  #sendDescription() {
    const { type, sdp } = this.pc.localDescription;
    this.#send({ type, sdp: this.#hide(sdp) });
  }

  #emit(type, detail) {
    if (!this.#isOver) this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
