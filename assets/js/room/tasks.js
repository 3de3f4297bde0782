// The verifier's task cards. They arrive empty: the tasks are drawn once both are in the room, and the text of each comes
// over the room's socket when it is its turn, to both people at the same moment. Nothing is loaded again, so the call goes on.
//
//   <p data-tasks-wait role=status><span> <details data-card data-number data-reveal hidden> <span data-title> <p data-say>
//     <p data-look-for> <details data-alternative-of> <p data-alternative> <fieldset data-answers disabled> </details> ...
//
// A card with `data-shown` holds its task already. Opening one that does not asks for it (POST to `data-reveal`).

import { t } from '../words.js';

const wait = document.querySelector('[data-tasks-wait]');
const cards = [...document.querySelectorAll('details[data-card]')];
const isShown = (card) => 'shown' in card.dataset;

/** `total` were drawn and `revealed` of them shown: the cards up to the next one lie on the table. */
function layOut({ total, revealed }) {
  wait.hidden = total > 0;
  cards.forEach((card, i) => { card.hidden = i >= total || i > revealed; });
}

/** Writes a task into its card and lets it be answered. */
function fill({ position, title, text, look_for: lookFor, alternative }) {
  const card = cards[position - 1];
  if (!card || isShown(card)) return;
  const write = (name, words) => { card.querySelector(`[data-${name}]`).textContent = words ?? ''; };
  write('title', `: ${title}`);
  write('say', text);
  write('look-for', lookFor);
  write('alternative', alternative);
  card.querySelector('[data-alternative-of]').hidden = !alternative;
  card.querySelector('[data-answers]').disabled = false;
  card.dataset.shown = '';
  card.hidden = false;
  card.open = true;
  // By keyboard one goes on from the heading to the answers.
  if (card.querySelector('summary') === document.activeElement) card.querySelector('[data-answers] input').focus();
}

/** Tells once that a task was answered, so that its time is known. What was answered comes with the form. */
function tellAnswered(card) {
  if ('answered' in card.dataset) return;
  card.dataset.answered = '';
  const csrf = card.closest('form').elements.namedItem('csrf').value;
  fetch(`${card.dataset.reveal}/answered`, { method: 'POST', body: new URLSearchParams({ csrf }) }).catch(() => {});
}

/** Asks for the task of a card; its text comes over the socket. */
async function reveal(card) {
  if (isShown(card) || 'asking' in card.dataset) return;
  card.dataset.asking = '';
  const csrf = card.closest('form').elements.namedItem('csrf').value;
  const answer = await fetch(card.dataset.reveal, { method: 'POST', body: new URLSearchParams({ csrf }) }).catch(() => null);
  delete card.dataset.asking;
  if (answer?.ok || isShown(card)) return;
  card.open = false;
  wait.querySelector('span').textContent = t('This task could not be fetched. Open it once more.');
  wait.hidden = false;
}

cards.forEach((card, i) => {
  card.addEventListener('toggle', () => { if (card.open) reveal(card); });
  // An answer turns the next card.
  card.addEventListener('change', ({ target }) => {
    if (target.matches('[data-question] input')) tellAnswered(card);
    const next = cards[i + 1];
    if (next && !next.hidden && target.matches('[data-question] input')) next.open = true;
  });
});
document.addEventListener('muster:tasks', ({ detail }) => layOut(detail));
document.addEventListener('muster:challenge', ({ detail }) => fill(detail));
