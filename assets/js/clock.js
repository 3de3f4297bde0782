// Counts down to instants of the page, on the service's clock. Pages read the same without it.
//
// The time is the service's (the demo moves it), so a wrong clock on the device changes nothing.
//   data-countdown="MS"        shows the span left; data-label before it, data-past when it is over
//   data-then="reload"         loads the page again once when it is over

import { serverNowMs } from "./room/server-time.js";

/** A span as `1:02:05` or `12:40`. */
export function spanText(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function show(element) {
  const leftMs = Number(element.dataset.countdown) - serverNowMs();
  // A count of days is noise; the time beside it says it better.
  if (leftMs > 24 * 3_600_000) return false;
  const text = leftMs > 0 ? `${element.dataset.label ?? ""} ${spanText(leftMs)}`.trim() : (element.dataset.past ?? "");
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
  if (leftMs <= 0 && element.dataset.then === "reload" && !element.dataset.asked) {
    element.dataset.asked = "yes";
    window.setTimeout(() => window.location.reload(), 1000 + Math.random() * 1000);
  }
  return leftMs > 0;
}

const counting = [...document.querySelectorAll("[data-countdown]")];
// What is already over when the page arrives never reloads it.
for (const element of counting) {
  if (Number(element.dataset.countdown) <= serverNowMs()) element.dataset.asked = "yes";
}

function tick() {
  counting.forEach(show);
}

if (counting.length > 0) {
  tick();
  window.setInterval(tick, 1000);
  document.addEventListener("muster:clock", tick);
}
