// Somebody chooses German at the foot of a page: every page of every role then speaks it, mails follow, and the choice
// can be taken back. What people typed, names and codes stay as they are.

import assert from 'node:assert/strict';
import { DESKTOP, picture } from './support/browser.mjs';
import { Service } from './support/service.mjs';
import { annaAtTheDoor, missedByMaria, walk } from './support/walk.mjs';

export const limitMs = 300_000;
export const title = 'every page of every role speaks German to whoever asks for it';

/** Words that English cannot do without and German does not have. */
const ENGLISH = /\b(the|and|you|your|with|from|this|that|they|their|what|when|where|who|is|are|were|not|nobody|have|has|been|will|would|by|of|to|day|days|hours|minutes|people|yes)\b/i;
/** Ids of rules and entries. */
const CODES = /\b[a-z]+(-[a-z]+)+\b/g;
/** What somebody of the demo's company wrote: shown as it was written. */
const WRITTEN = /Ordered in the demo so that you can see a check-in now|the People team, extension \d+|made up for the demo.*/g;
/** What is English in every language: code, what people and the demo's own people wrote, documents for programs. */
const KEPT = 'code, pre, kbd, blockquote, textarea, script, style, [lang]:not(html), [translate=no], .typed';

/** Texts of a page that are English still. */
async function englishOn(page) {
  const texts = await page.evaluate((kept) => {
    const found = [];
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (all.nextNode()) {
      const { parentElement, data } = all.currentNode;
      if (!parentElement.closest(kept) && data.trim()) found.push(data.trim().replace(/\s+/g, ' '));
    }
    for (const e of document.querySelectorAll('[title], [aria-label], [placeholder], [alt]')) {
      for (const name of ['title', 'aria-label', 'placeholder', 'alt']) if (e.getAttribute(name) && !e.closest(kept)) found.push(e.getAttribute(name));
    }
    return [...found, document.title];
  }, KEPT);
  const isEnglish = (text) => !text.startsWith('/') && ENGLISH.test(text.replace(WRITTEN, '').replaceAll(CODES, ''));
  return texts.filter(isEnglish).map((text) => text.slice(0, 160));
}

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const anna = await browsers.person({ name: 'anna', camera: 'red', viewport: DESKTOP, position: { latitude: 52.4862, longitude: 13.4249, accuracy: 30 } });
  await missedByMaria(demo, anna);
  await annaAtTheDoor(demo, anna);

  // A browser that asks for German gets it without choosing.
  const reader = await browsers.person({ name: 'reader', camera: null, viewport: DESKTOP, locale: 'de-DE' });
  const { seen, wrong } = await walk(demo, reader, async (page, role, kind) => {
    await picture(page, `german/${kind.slice(1).replaceAll(/[/…]+/g, '-') || 'home'}-${role}`);
    // Each mail is in the language of whoever it went to.
    return kind.startsWith('/demo/mailbox') ? [] : englishOn(page);
  });
  assert(wrong.length === 0, `${wrong.length} texts are English:\n${wrong.join('\n')}`);
  assert(seen.size >= 60, `${seen.size} kinds of pages`);

  // Chosen at the foot, and taken back.
  await anna.goto(demo.url('/', 'anna.localhost'));
  await anna.getByRole('button', { name: 'Deutsch' }).click();
  await anna.locator('html[lang="de-DE"]').waitFor({ state: 'attached' });
  await picture(anna, '21-home-german');
  await anna.getByRole('button', { name: 'English' }).click();
  await anna.locator('html[lang="en-GB"]').waitFor({ state: 'attached' });
}
