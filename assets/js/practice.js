// The practice check-in: asks the browser for a place and looks whether the network lets a call through. Nothing is sent
// but a look at an address of ours that tells whether the service answers.
//
//   <section data-practice data-ice> <p data-practice-place> <p data-practice-network> <button data-act="try">

import { t } from './words.js';

const NETWORK_MS = 6000;

/** Where the browser says it is: shown as an accuracy, never sent. */
function askPlace() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(t('This browser gives no place to pages.'));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(t('Your place was found, exact to about {metres} m. You may still say no in a real check-in.', { metres: Math.round(coords.accuracy) })),
      ({ code }) => resolve(code === 1
        ? t('Your browser did not allow it. In a real check-in that is an answer, too.')
        : t('Your device found no place. In a real check-in you can say so.')),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 },
    );
  });
}

/** Two connections of this page to each other, by way of the servers a call would use. */
async function tryNetwork(servers) {
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return t('The service does not answer. Look at your connection.');
  if (!window.RTCPeerConnection) return t('This browser cannot make video calls.');
  const [one, other] = [new RTCPeerConnection({ iceServers: servers }), new RTCPeerConnection({ iceServers: servers })];
  try {
    const kinds = new Set();
    const link = (from, to) => from.addEventListener('icecandidate', ({ candidate }) => {
      if (!candidate) return;
      if (candidate.type) kinds.add(candidate.type);
      to.addIceCandidate(candidate).catch(() => {});
    });
    link(one, other);
    link(other, one);
    const opened = new Promise((resolve) => other.addEventListener('datachannel', () => resolve(true)));
    one.createDataChannel('practice');
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
    const isOpen = await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, NETWORK_MS, false))]);
    if (!isOpen) return t('The network did not let a call through. Try another one, or a telephone.');
    return kinds.has('srflx') || kinds.has('relay') || servers.length === 0
      ? t('The service answers and a call comes up.')
      : t('A call comes up here, but the servers that help calls out of this network did not answer.');
  } finally {
    one.close();
    other.close();
  }
}

const section = document.querySelector('[data-practice]');
const say = (name, text) => { section.querySelector(`[data-practice-${name}]`).textContent = text; };
section?.querySelector('[data-act="try"]').addEventListener('click', async () => {
  say('place', t('Looking…'));
  say('network', t('Looking…'));
  const servers = JSON.parse(section.dataset.ice || '[]');
  await Promise.all([
    askPlace().then((text) => say('place', text)),
    tryNetwork(servers).catch(() => t('The network could not be tried.')).then((text) => say('network', text)),
  ]);
});
