// The room page: joins the line to the server, the call, the person's own devices and the controls.
//
//   <section data-room data-role data-socket data-ice data-relay-only>
//     <video data-remote> <video data-self muted> <p data-connection role=status> <div data-challenge>
//     <button data-act="mute|camera|devices|help|leave">
//   </section>
//
// Events that bubble from the section: `muster:tasks`, `muster:challenge`, `muster:challenge-over`, `muster:notice`, `muster:peer`
// (detail {present}), `muster:connection` (detail {state}), `muster:left`, `muster:ended` (detail {next}).
// For tests: `window.musterRoom.pc` is the peer connection in work.

import { Call } from './call.js';
import { devicePanel, helpPanel, hideChallenge, showChallenge } from './cards.js';
import { errorWord, fillChoices, openMedia, openTrack, rememberChoice, sentenceFor } from './media.js';
import { watchPicture } from './picture.js';
import { reportReceiving } from './receiving.js';
import { hearServerTime } from './server-time.js';
import { Signalling } from './signalling.js';
import { t } from '../words.js';

const section = document.querySelector('[data-room]');

function setUp(section) {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const [remote, own, connection, challenge] = ['remote', 'self', 'connection', 'challenge'].map(find);
  const button = (act) => section.querySelector(`[data-act="${act}"]`);
  const leave = button('leave');
  const isVerifier = section.dataset.role === 'verifier';
  const announce = (type, detail) => section.dispatchEvent(new CustomEvent(`muster:${type}`, { bubbles: true, detail }));

  const signalling = new Signalling(section.dataset.socket);
  const call = new Call({
    iceServers: JSON.parse(section.dataset.ice || '[]'),
    relayOnly: 'relayOnly' in section.dataset && section.dataset.relayOnly !== 'false',
    send: (message) => signalling.send(message),
  });
  let stream = new MediaStream();
  let hasJoined = false;
  let callState = 'waiting';
  let lineIsUp = false;
  let hasLeft = false; // The other person pressed leave.
  let ownTrouble = '';
  let notice = ''; // The last sentence from the server.

  // ---- words -----------------------------------------------------------------------------------------------------

  const sentences = {
    waiting: () => (hasLeft ? sentences.left() : sentences.alone()),
    ...(isVerifier
      ? {
          left: () => t('The employee has left. This page waits in case they come back.'),
          alone: () => t('You are connected. Waiting for the employee.'),
          connecting: () => t('Connecting to the employee…'),
          connected: () => t('Connected to the employee.'),
          away: () => t('The employee lost the connection. Waiting for the employee to come back.'),
          struggling: () => t('The line to the employee is interrupted. Trying again by itself…'),
        }
      : {
          left: () => t('The verifier has left. This page waits in case they come back.'),
          alone: () => t('You are connected. Waiting for the verifier.'),
          connecting: () => t('Connecting to the verifier…'),
          connected: () => t('Connected to the verifier.'),
          away: () => t('The verifier lost the connection. Waiting for the verifier to come back.'),
          struggling: () => t('The line to the verifier is interrupted. Trying again by itself…'),
        }),
  };

  function say(text) {
    if (connection && connection.textContent !== text) connection.textContent = text;
  }

  function describe() {
    const state = lineIsUp || callState === 'connected' ? callState : 'offline';
    section.dataset.state = state;
    const line = lineIsUp ? sentences[callState]() : `${callState === 'connected' ? `${sentences.connected()} ` : ''}${t('The line to the server is interrupted. Trying again by itself…')}`;
    say([line, ownTrouble, notice].filter(Boolean).join(' '));
    announce('connection', { state });
  }

  // ---- the line to the server ------------------------------------------------------------------------------------

  const handlers = {
    welcome: (message) => { hearServerTime(message.now_ms); hasLeft = false; call.welcome(message); announce('peer', { present: Boolean(message.peer) }); },
    peer_joined: ({ peer }) => { hasLeft = false; call.peerJoined(peer); announce('peer', { present: true }); },
    peer_left: ({ on_purpose: onPurpose }) => { hasLeft = onPurpose; if (onPurpose) call.hangUp(); else call.peerLeft(); announce('peer', { present: false }); },
    offer: (message) => call.signal(message),
    answer: (message) => call.signal(message),
    candidate: (message) => call.signal(message),
    again: (message) => call.asked(message),
    tasks: (message) => announce('tasks', message),
    challenge: (message) => { if (challenge) showChallenge(challenge, message); announce('challenge', message); },
    challenge_over: ({ position }) => { if (challenge) hideChallenge(challenge, position); announce('challenge-over', { position }); },
    still: (message) => announce('still', message),
    notice: ({ text }) => { notice = text; describe(); announce('notice', { text }); },
    beat: ({ now_ms: nowMs }) => hearServerTime(nowMs),
    ended: ({ next }) => {
      announce('ended', { next });
      // Only a path of this site: never an address somebody could have put there.
      if (next?.startsWith('/') && !next.startsWith('//')) location.assign(next);
    },
  };
  signalling.addEventListener('message', ({ detail }) => handlers[detail.type]?.(detail));
  signalling.addEventListener('up', () => { lineIsUp = true; describe(); });
  signalling.addEventListener('down', () => { lineIsUp = false; describe(); });
  signalling.addEventListener('over', ({ detail: { code, sentence } }) => {
    lineIsUp = false;
    call.hangUp();
    releaseDevices();
    section.dataset.state = 'over';
    say(sentence);
    // The seat is kept: the same button brings the page back, except after the session.
    if (leave) leave.textContent = t('Join again');
    if (leave) leave.hidden = code === 4000;
    if (code === 1000) announce('left');
  });

  // ---- the call --------------------------------------------------------------------------------------------------

  call.addEventListener('state', ({ detail }) => {
    callState = detail;
    if (detail === 'waiting' && remote) remote.srcObject = null;
    if (hasJoined) describe();
  });
  call.addEventListener('failed', () => signalling.send({ type: 'trouble', step: 'connection', error: 'ice_failed' }));
  call.addEventListener('remote', ({ detail }) => {
    if (!remote) return;
    remote.autoplay = true;
    remote.playsInline = true;
    remote.srcObject = detail;
    play();
  });
  /** A browser that wants a touch before it plays sound shows the picture at least. */
  function play() {
    remote.play().catch(({ name }) => {
      if (name !== 'NotAllowedError') return; // Another track came, and its own play is under way.
      remote.muted = true;
      remote.play().catch(() => {});
    });
  }
  // The sound a browser held back comes with the first touch.
  document.addEventListener('click', () => { if (remote?.muted) remote.muted = false; });
  reportReceiving({
    call,
    send: (message) => signalling.send(message),
    onNothing: () => signalling.send({ type: 'trouble', step: 'media', error: 'nothing_received' }),
  });

  watchPicture({
    call,
    remote,
    track: () => trackOf('video'),
    repairs: {
      camera: () => change('video', 'camera', trackOf('video').getSettings().deviceId),
      sending: () => call.renew(),
      decoding: () => call.renew(),
      player: () => (remote.srcObject?.active ? play() : call.renew()),
    },
  });

  // ---- own devices and controls ----------------------------------------------------------------------------------

  const trackOf = (kind) => stream.getTracks().find((track) => track.kind === kind) ?? null;

  function releaseDevices() {
    stream.getTracks().forEach((track) => track.stop());
    stream = new MediaStream();
    if (own) own.srcObject = null;
  }

  /** A toggle whose pressed state says that the thing is off ("Mute" pressed: muted). */
  function toggle(act, kind) {
    const control = button(act);
    const show = () => {
      const track = trackOf(kind);
      if (!control) return;
      control.disabled = !track;
      control.setAttribute('aria-pressed', String(Boolean(track) && !track.enabled));
    };
    control?.addEventListener('click', () => {
      const track = trackOf(kind);
      if (track) track.enabled = !track.enabled;
      show();
    });
    return show;
  }
  const showToggles = [toggle('mute', 'audio'), toggle('camera', 'video')];

  function disclose(act, panel, onOpen) {
    const control = button(act);
    if (!control) return;
    control.setAttribute('aria-expanded', 'false');
    control.addEventListener('click', async () => {
      panel.hidden = !panel.hidden;
      control.setAttribute('aria-expanded', String(!panel.hidden));
      if (!panel.hidden) await onOpen?.();
    });
    section.append(panel);
  }
  const choice = devicePanel();
  disclose('devices', choice.panel, showChoices);
  disclose('help', helpPanel());

  async function showChoices() {
    await fillChoices(choice.cameras, 'videoinput', trackOf('video'));
    await fillChoices(choice.microphones, 'audioinput', trackOf('audio'));
  }

  async function change(kind, step, id) {
    const old = trackOf(kind);
    const wasOn = old?.enabled ?? true;
    old?.stop();
    if (old) stream.removeTrack(old);
    try {
      const track = await openTrack(kind, id);
      track.enabled = wasOn;
      stream.addTrack(track);
      await call.setTrack(kind, track);
      rememberChoice({ [step]: id });
      ownTrouble = '';
    } catch (error) {
      await call.setTrack(kind, null);
      troubled([{ step, error: errorWord(error) }]);
    }
    showToggles.forEach((show) => show());
    describe();
  }
  choice.cameras.addEventListener('change', () => change('video', 'camera', choice.cameras.value));
  choice.microphones.addEventListener('change', () => change('audio', 'microphone', choice.microphones.value));

  function troubled(troubles) {
    ownTrouble = troubles.map(({ step, error }) => sentenceFor(step, error)).join(' ');
    troubles.forEach((trouble) => signalling.send({ type: 'trouble', ...trouble }));
  }

  async function openDevices() {
    const opened = await openMedia();
    stream = opened.stream;
    if (own) {
      own.muted = true;
      own.playsInline = true;
      own.srcObject = stream;
      own.play().catch(() => {});
    }
    showToggles.forEach((show) => show());
    await call.setTrack('audio', trackOf('audio'));
    await call.setTrack('video', trackOf('video'));
    return opened.troubles;
  }

  // ---- coming and going ------------------------------------------------------------------------------------------

  async function join() {
    say(t('Starting camera and microphone…'));
    // The seat is taken at once: being there must not wait for a question of the browser.
    hasJoined = true;
    const up = new Promise((resolve) => signalling.addEventListener('up', resolve, { once: true }));
    signalling.connect();
    const troubles = await openDevices();
    await up;
    troubled(troubles);
    describe();
  }

  leave?.addEventListener('click', () => {
    if (section.dataset.state === 'over') return location.reload();
    signalling.leave();
  });
  addEventListener('pagehide', releaseDevices);
  window.musterRoom = { get pc() { return call.pc; }, get state() { return section.dataset.state; } };
  join();
}

if (section) setUp(section);
