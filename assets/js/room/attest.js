// The place step: one question to the browser, on the person's own click; then, while the server times the line, the
// answer is signed with this browser's key and the form goes out.
//
//   <form data-attest data-nonce data-question="/..." method=post> hidden inputs status, lat, lon, accuracy_m,
//   captured_ms, time_zone, record, unsigned, camera, renderer, passkey, passkey_without, <button data-act="share">,
//   <p data-message role=status>, <div data-passkey-choice hidden> with two buttons </form>
//
// Where the person has a passkey, one gesture signs question and answer; without it the page asks what to do.
// Whatever of this does not work, the plain fields go out instead: nobody is held up or worse off.
// Refusing is an equal path: the second button submits the form untouched by this script, with `time_zone` only.

import { knowsPasskeys, signWithPasskey } from '../passkeys/sign.js';
import { cameraClass, rendererClass } from '../place/device.js';
import { answerEchoes } from '../place/line.js';
import { signRecord } from '../place/record.js';
import { askReflexive } from '../place/reflexive.js';
import { offsetMs, serverNowMs } from './server-time.js';
import { t } from '../words.js';

const TIMEOUT_MS = 15_000;
const form = document.querySelector('form[data-attest]');

/** Asks once. Resolves to the fields of the form; never rejects. */
export function askPlace() {
  if (!navigator.geolocation) return Promise.resolve({ status: 'unavailable' });
  return new Promise((resolve) => {
    const got = ({ coords, timestamp }) => resolve({
      status: 'ok',
      lat: coords.latitude,
      lon: coords.longitude,
      accuracy_m: Math.ceil(coords.accuracy),
      // Safari once counted from 2001; an instant far from now is the moment of the answer instead.
      captured_ms: Math.round((Math.abs(timestamp - Date.now()) < 86_400_000 ? timestamp : Date.now()) + offsetMs()),
    });
    const failed = ({ code }) => resolve({ status: ({ 1: 'denied', 2: 'unavailable', 3: 'timeout' })[code] ?? 'unavailable' });
    navigator.geolocation.getCurrentPosition(got, failed, { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 0 });
  });
}

/** A fresh question to sign an answer to; null where there is none to be had. */
async function freshQuestion(address) {
  if (!address) return null;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{}',
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** The claims of docs/place-record.md, but for the key's. */
function claims(question, place, more) {
  const location = place.status === 'ok' ? {
    latitude: place.lat,
    longitude: place.lon,
    accuracy: place.accuracy_m,
    timestamp: Math.floor(place.captured_ms / 1000),
    age: Math.max(0, Math.round((serverNowMs() - place.captured_ms) / 1000)),
  } : undefined;
  return {
    eat_profile: question.profile,
    eat_nonce: question.nonce,
    aud: question.audience,
    iat: Math.floor(serverNowMs() / 1000),
    check_in: question.check_in,
    loc_status: place.status,
    location,
    ...more,
  };
}

/** How long a passkey may take, so that what it signs is not too late: the question is good for a minute. */
const PASSKEY_MS = 45_000;

function setUp(form) {
  const share = form.querySelector('[data-act="share"]');
  const message = form.querySelector('[data-message]');
  const choice = form.querySelector('[data-passkey-choice]');
  const say = (text) => { if (message) message.textContent = text; };
  const fill = (name, value) => {
    const input = form.elements.namedItem(name);
    if (input) input.value = String(value);
  };
  fill('time_zone', Intl.DateTimeFormat().resolvedOptions().timeZone ?? '');
  // Until now a click would have done nothing.
  if (share) share.disabled = false;

  /** Signs what was found and sends it; stops where a passkey was asked for and did not sign. */
  async function answer(place, device, { withPasskey }) {
    const question = await freshQuestion(form.dataset.question);
    if (question) {
      fill('nonce', question.nonce);
      const [reflexive] = await Promise.all([askReflexive(question.stun), answerEchoes(question.line)]);
      const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
      try {
        const record = await signRecord(claims(question, place, { tz, ...device, reflexive }));
        fill('record', record);
        if (question.passkeys && withPasskey && !(await confirmed(question, record))) return;
      } catch (error) {
        fill('unsigned', error.why ?? 'no_crypto');
      }
    }
    form.submit(); // Not requestSubmit: this path has no submit button of its own.
  }

  /** Whether the answer may go out: a passkey has signed it, or this browser has none. */
  async function confirmed({ passkeys, nonce }, record) {
    if (!knowsPasskeys() || !choice) return true;
    say(t('Confirm with your passkey: your device asks you now.'));
    try {
      fill('passkey', await signWithPasskey(passkeys, nonce, record, PASSKEY_MS));
      return true;
    } catch {
      say(t('Your passkey did not sign. Is it on another device, or lost? You may go on without it; that is noted and does not count.'));
      choice.hidden = false;
      choice.querySelector('button').focus();
      return false;
    }
  }

  share?.addEventListener('click', async (event) => {
    event.preventDefault();
    if (share.disabled) return;
    share.disabled = true;
    say(t('Asking the browser where you are. This takes up to 15 seconds.'));
    const place = await askPlace();
    for (const [name, value] of Object.entries(place)) fill(name, value);
    say(place.status === 'ok' ? t('Thank you. Going on in a few seconds.') : t('The browser gave no place, and you go on in a few seconds.'));
    const device = { camera: cameraClass(), renderer: rendererClass() };
    for (const [name, value] of Object.entries(device)) if (value) fill(name, value);
    const again = (withPasskey) => () => {
      choice.hidden = true;
      say(t('One moment.'));
      if (!withPasskey) fill('passkey_without', 'yes');
      answer(place, device, { withPasskey });
    };
    if (choice) {
      choice.querySelector('[data-act="passkey-again"]').onclick = again(true);
      choice.querySelector('[data-act="passkey-without"]').onclick = again(false);
    }
    await answer(place, device, { withPasskey: true });
  });
  // Coming back with the browser's own button finds the page as it was left.
  addEventListener('pageshow', () => { if (share) share.disabled = false; });
}

if (form) setUp(form);
