// Makes a passkey on the person's own click and sends it.
//
//   <form data-passkey-make data-question="/..." method=post [data-stay]> hidden input credential,
//   <button data-act="make-passkey" disabled>, <p data-message role=status> </form>
//
// With `data-stay` the page stays, so that a call goes on.

import { toBytes, toText } from './bytes.js';
import { t } from '../words.js';

const WHY = {
  InvalidStateError: t('This device has a passkey for you already.'),
  NotAllowedError: t('No passkey was made: it was called off, took too long, or the device has no PIN, finger or face set up.'),
  NotSupportedError: t('This device cannot make a passkey that can be used here.'),
  SecurityError: t('This browser makes no passkeys for this address.'),
};

async function asked(address) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const answer = await fetch(address, { method: 'POST', credentials: 'same-origin', headers, body: '{}' });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? '');
  return body;
}

async function make(question) {
  const { id, response } = await navigator.credentials.create({
    publicKey: {
      challenge: toBytes(question.challenge),
      rp: question.rp,
      user: { ...question.user, id: toBytes(question.user.id) },
      pubKeyCredParams: question.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: question.known.map((known) => ({ type: 'public-key', id: toBytes(known) })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      attestation: 'none',
    },
  });
  return JSON.stringify({
    id,
    clientDataJSON: toText(response.clientDataJSON),
    attestationObject: toText(response.attestationObject),
  });
}

function setUp(form) {
  const button = form.querySelector('[data-act="make-passkey"]');
  const message = form.querySelector('[data-message]');
  const say = (text) => { message.textContent = text; };
  if (!globalThis.PublicKeyCredential || !navigator.credentials?.create) {
    say(t('This browser makes no passkeys. You need none.'));
    return;
  }
  button.disabled = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    say(t('Your device asks you now.'));
    try {
      form.elements.namedItem('credential').value = await make(await asked(form.dataset.question));
      if (!('stay' in form.dataset)) {
        form.submit();
        return;
      }
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
      const told = await answer.json();
      say(told.text ?? told.detail ?? t('It did not arrive. Please try again.'));
    } catch (error) {
      say(WHY[error.name] ?? (error.message || t('It did not work. You may go on without.')));
    }
    button.disabled = false;
  });
}

for (const form of document.querySelectorAll('form[data-passkey-make]')) setUp(form);
