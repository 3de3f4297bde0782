// The place step: one question to the browser, on the person's own click; then the form goes out with whatever came back.
//
//   <form data-attest data-nonce method=post> hidden inputs status, lat, lon, accuracy_m, captured_ms, time_zone,
//   <button data-act="share">, a second submit button for "I'd rather not", <p data-message role=status> </form>
//
// Refusing is an equal path: the second button submits the form untouched by this script, with `time_zone` only.

import { offsetMs } from './server-time.js';

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

function setUp(form) {
  const share = form.querySelector('[data-act="share"]');
  const message = form.querySelector('[data-message]');
  const fill = (name, value) => {
    const input = form.elements.namedItem(name);
    if (input) input.value = String(value);
  };
  fill('time_zone', Intl.DateTimeFormat().resolvedOptions().timeZone ?? '');

  share?.addEventListener('click', async (event) => {
    event.preventDefault();
    if (share.disabled) return;
    share.disabled = true;
    if (message) message.textContent = 'Asking the browser where you are. This takes up to 15 seconds.';
    const place = await askPlace();
    for (const [name, value] of Object.entries(place)) fill(name, value);
    if (message) message.textContent = place.status === 'ok' ? 'Thank you. Going on.' : 'The browser gave no place. That is recorded as it is, and you go on.';
    form.submit(); // Not requestSubmit: this path has no submit button of its own.
  });
  // Coming back with the browser's own button finds the page as it was left.
  addEventListener('pageshow', () => { if (share) share.disabled = false; });
}

if (form) setUp(form);
