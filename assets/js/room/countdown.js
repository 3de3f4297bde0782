// Counts down to an instant of the server's clock.
//
//   <span data-countdown data-until-ms="1700000000000" data-done="It is time.">12:40</span>
//
// The digits change every second and are for the eyes only; screen readers hear whole sentences at a few marks.
// At zero the text becomes `data-done` and the event `muster:due` bubbles from the element.

import { serverNowMs } from './server-time.js';
import { t } from '../words.js';

const SPOKEN_AT_MINUTES = [30, 15, 10, 5, 2, 1];

/** `m:ss`, or `h:mm:ss` from an hour on. Rounded up, so that 0:00 means now. */
export function clockText(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function start(element) {
  const spoken = document.createElement('span');
  spoken.className = 'visually-hidden';
  spoken.setAttribute('aria-live', 'polite');
  element.setAttribute('aria-hidden', 'true');
  element.after(spoken);
  let lastMark = null;
  let isDue = false;

  const tick = () => {
    const leftMs = Number(element.dataset.untilMs) - serverNowMs();
    if (!Number.isFinite(leftMs)) return;
    if (leftMs <= 0) {
      const done = element.dataset.done ?? clockText(0);
      if (element.textContent !== done) element.textContent = done;
      if (isDue) return;
      isDue = true;
      spoken.textContent = done;
      element.dispatchEvent(new CustomEvent('muster:due', { bubbles: true }));
      return;
    }
    isDue = false;
    element.textContent = clockText(leftMs);
    const mark = SPOKEN_AT_MINUTES.findLast((m) => leftMs <= m * 60_000) ?? null;
    if (mark === lastMark) return;
    lastMark = mark;
    if (mark !== null) spoken.textContent = mark === 1 ? t('About one minute left.') : t('About {n} minutes left.', { n: mark });
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener('muster:clock', tick);
  document.addEventListener('visibilitychange', tick);
}

document.querySelectorAll('[data-countdown]').forEach(start);
