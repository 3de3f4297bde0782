// Keeps one sentence true while the page lies open.
//
//   <div role="status" data-standing data-standing-url="/verifier/standing" data-standing-version="..."
//        data-standing-reload><p class="note" hidden><span></span></p></div>
//
// Every few seconds the address is asked for `{text, version}`. A page that says so loads itself again when the
// version is another one; elsewhere only the sentence changes, when another one comes than the last: what the page
// itself said meanwhile stays until then. Texts are set as text, never read as markup.

const EVERY_MS = 4000;

function show(element, text) {
  const note = element.querySelector('.note');
  note.querySelector('span').textContent = text;
  note.hidden = !text;
}

function watch(element) {
  const { standingUrl, standingVersion = '' } = element.dataset;
  const mayReload = 'standingReload' in element.dataset;
  let told = element.querySelector('.note span').textContent;
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
      if (text !== told) show(element, text);
      told = text;
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
