// The one picture of a first session. The verifier's page takes it from the live tile; the employee sees it as the server
// has it and says yes, another, or no. Nothing is kept before the yes and the verifier's form.
//
//   verifier: <section data-take-still="{post}"> <canvas data-still-preview hidden> <p data-still-state> <button data-act="take-still">
//   employee: <section data-still="{picture}" hidden> <div data-still-picture> <p data-still-state> <form> buttons named answer
//
// Hears `muster:still` (detail {state: offered | agreed | another | none}).

import { t } from '../words.js';

const BYTES_MAX = 40_000; // What fits into a form of ours, written as text.
const WIDTH_MAX = 480;

const WORDS = {
  verifier: {
    offered: t('They are looking at it.'),
    agreed: t('They agreed. It is kept when you have sent the form.'),
    another: t('They would like another one. Take it when they are ready.'),
    none: t('They would rather have no picture kept. That is fine; go on without.'),
  },
  employee: {
    offered: '',
    agreed: t('You agreed. It is kept when the talk is over.'),
    another: '',
    none: '',
  },
};

const toBlob = (canvas, quality) => new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));

/** The picture as JPEG, small enough to be sent. */
async function compress(canvas) {
  for (let quality = 0.85; quality > 0.2; quality -= 0.1) {
    const blob = await toBlob(canvas, quality);
    if (blob && blob.size <= BYTES_MAX) return new Uint8Array(await blob.arrayBuffer());
  }
  return null;
}

const inText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function setUpVerifier(section) {
  const button = section.querySelector('[data-act="take-still"]');
  const state = section.querySelector('[data-still-state]');
  const canvas = section.querySelector('[data-still-preview]');
  const csrf = () => document.querySelector('form[data-verifier-form]').elements.namedItem('csrf').value;

  async function take() {
    const live = document.querySelector('video[data-remote]');
    if (!live?.videoWidth) {
      state.textContent = t('There is no live picture yet.');
      return;
    }
    const scale = Math.min(1, WIDTH_MAX / live.videoWidth);
    canvas.width = Math.round(live.videoWidth * scale);
    canvas.height = Math.round(live.videoHeight * scale);
    canvas.getContext('2d').drawImage(live, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
    const bytes = await compress(canvas);
    const body = new URLSearchParams({ csrf: csrf(), still: bytes ? inText(bytes) : '' });
    const answer = bytes && (await fetch(section.dataset.takeStill, { method: 'POST', body }).catch(() => null));
    if (answer?.ok) return;
    canvas.hidden = true;
    state.textContent = t('The picture could not be sent. Both of you must be in the room; then try once more.');
  }

  button.addEventListener('click', async () => {
    button.disabled = true;
    state.textContent = t('Taking it…');
    await take();
    button.disabled = false;
  });
  document.addEventListener('muster:still', ({ detail }) => {
    state.textContent = WORDS.verifier[detail.state] ?? '';
    if (detail.state === 'another' || detail.state === 'none') canvas.hidden = true;
    button.textContent = detail.state === 'offered' || detail.state === 'agreed' ? t('Take another picture') : t('Take the picture');
  });
}

function setUpEmployee(section) {
  const state = section.querySelector('[data-still-state]');
  const place = section.querySelector('[data-still-picture]');
  const form = section.querySelector('form');

  function show() {
    const picture = document.createElement('img');
    picture.className = 'still';
    picture.alt = t('The picture of you that would be kept');
    picture.src = `${section.dataset.still}?at=${Date.now()}`;
    place.replaceChildren(picture);
  }

  document.addEventListener('muster:still', ({ detail }) => {
    const isThere = detail.state === 'offered' || detail.state === 'agreed';
    section.hidden = !isThere;
    state.textContent = WORDS.employee[detail.state] ?? '';
    if (isThere) show();
    else place.replaceChildren();
  });
  // The page stays, so that the call goes on.
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => null);
    if (!answer || (answer.type !== 'opaqueredirect' && !answer.ok)) state.textContent = t('Your answer did not arrive. Press once more.');
  });
}

const taking = document.querySelector('[data-take-still]');
const asked = document.querySelector('[data-still]');
if (taking) setUpVerifier(taking);
if (asked) setUpEmployee(asked);
