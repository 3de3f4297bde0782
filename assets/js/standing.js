// Keeps one sentence true while the page lies open.
//
//   <div role="status" data-standing data-standing-url="/verifier/standing" data-standing-version="..."
//        data-standing-reload><p class="note" hidden><span></span></p></div>
//
// Every few seconds the address is asked for `{text, version}`. A page that says so loads itself again when the
// version is another one; elsewhere only the sentence changes. Texts are set as text, never read as markup.

const EVERY_MS = 4000;

function show(element, text) {
  const note = element.querySelector('.note');
  const words = note.querySelector('span');
  if (words.textContent === text) return;
  words.textContent = text;
  note.hidden = !text;
}

function watch(element) {
  const { standingUrl, standingVersion = '' } = element.dataset;
  const mayReload = 'standingReload' in element.dataset;
  let isOver = false;
  const ask = async () => {
    try {
      const answer = await fetch(standingUrl, { headers: { accept: 'application/json' }, redirect: 'manual' });
      // Signed out, or no such check-in any more: the page itself says so at its next step.
      if (!answer.ok) return;
      const { text, version } = await answer.json();
      if (mayReload && version !== standingVersion) {
        isOver = true;
        location.reload();
        return;
      }
      show(element, text);
    } catch {
      // The line is down; the next round asks again.
    }
  };
  const round = async () => {
    if (document.visibilityState === 'visible') await ask();
    if (!isOver) setTimeout(round, EVERY_MS);
  };
  setTimeout(round, EVERY_MS);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible' && !isOver) ask(); });
}

document.querySelectorAll('[data-standing]').forEach(watch);
