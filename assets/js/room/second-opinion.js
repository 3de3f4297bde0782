// Asks for a second opinion without leaving the page, so that the talk goes on.
//
//   <details data-second-opinion> <form action="..."> radios named view, a button </form> <div data-standing> </details>
//
// How it stands is told by `standing.js`; here only what happens at the click.

import { t } from '../words.js';

function setUp(section) {
  const form = section.querySelector('form');
  const note = section.querySelector('[data-standing] .note');
  const say = (text) => {
    note.querySelector('span').textContent = text;
    note.hidden = false;
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => null);
    if (answer?.ok) {
      form.hidden = true;
      say(t('Somebody is looked for. Go on talking.'));
    } else {
      say(t('Nobody can be called now. Both of you must be in the room; late in the session, send the form yourself.'));
    }
  });
}

document.querySelectorAll('[data-second-opinion]').forEach(setUp);
