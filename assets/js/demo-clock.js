// The demo's clock in the page: every relative time follows the demo clock, not the machine's.
//
//   <aside data-demo-bar data-now-ms="..." data-poll="/demo/clock"> <time data-demo-now></time> ... </aside>
//   <time data-relative data-at-ms="..." datetime="...">in 12 min</time>
//
// `data-poll` (optional) answers {"now_ms": ...}; so a step taken in one tab reaches the others.
// The same code keeps relative times fresh outside the demo, where `data-now-ms` is the real time.

import { hearServerTime, serverNowMs, timeSource } from './room/server-time.js';

const MINUTE_MS = 60_000;
const language = document.documentElement.lang || 'en';
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

/** "in 12 min", "3 hr. ago", "now". */
export function relativeText(atMs, nowMs) {
  const minutes = Math.round((atMs - nowMs) / MINUTE_MS);
  if (minutes === 0) return relative.format(0, 'second');
  if (Math.abs(minutes) < 90) return relative.format(minutes, 'minute');
  if (Math.abs(minutes) < 36 * 60) return relative.format(Math.round(minutes / 60), 'hour');
  return relative.format(Math.round(minutes / 1440), 'day');
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function refresh() {
  const nowMs = serverNowMs();
  for (const element of document.querySelectorAll('time[data-relative][data-at-ms]')) {
    setText(element, relativeText(Number(element.dataset.atMs), nowMs));
  }
  const clock = document.querySelector('[data-demo-now]');
  if (!clock) return;
  const now = new Date(nowMs);
  const shown = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: clock.dataset.zone };
  const parts = new Intl.DateTimeFormat(language, shown).formatToParts(now);
  // Put together as the service writes it, so that nothing moves when the page has loaded.
  const [weekday, day, month, hour, minute] = ['weekday', 'day', 'month', 'hour', 'minute'].map((type) => parts.find((part) => part.type === type).value);
  setText(clock, `${weekday} ${day} ${month} ${hour}:${minute}`);
  clock.setAttribute('datetime', now.toISOString());
}

async function poll(address) {
  if (document.hidden) return;
  try {
    const answer = await fetch(address, { headers: { accept: 'application/json' }, cache: 'no-store' });
    if (answer.ok) hearServerTime(Number((await answer.json()).now_ms));
  } catch {
    // The server is away for a moment; the page goes on with what it knows.
  }
}

refresh();
setInterval(refresh, 1000);
document.addEventListener('muster:clock', refresh);
const address = timeSource()?.dataset.poll;
if (address?.startsWith('/') && !address.startsWith('//')) setInterval(() => poll(address), 3000);
