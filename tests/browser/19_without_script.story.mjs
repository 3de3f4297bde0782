// Everything but the check-in itself works without JavaScript: each page shows its content, offers nothing dead, forms
// are taken, the coverage sorts and filters. What needs a script says so.

import assert from 'node:assert/strict';
import { DESKTOP, follow } from './support/browser.mjs';
import { invite } from './support/meeting.mjs';
import { Service } from './support/service.mjs';
import { missedByMaria, walk } from './support/walk.mjs';

export const limitMs = 300_000;
export const title = 'without JavaScript every page shows its content and forms are taken';

/** Scripts that only add comfort. A page with another one says what it cannot do without. */
const COMFORTS = /\/(clock|demo-clock|demo-senses|forms|standing)\.js$/;

async function wrongWith(page) {
  const seen = await page.evaluate(() => {
    const isShown = (e) => e.checkVisibility({ visibilityProperty: true });
    const all = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
    return {
      heading: document.querySelector('h1')?.textContent.trim(),
      words: document.querySelector('main').innerText.trim().length,
      scripts: [...document.scripts].map(({ src }) => src),
      says: document.querySelector('main').innerText.includes('JavaScript'),
      dead: all('main button').filter((b) => !b.disabled && (!b.form || b.type === 'button')).map((b) => b.outerHTML.slice(0, 100)),
      waiting: all('main :is(video, select:empty, meter)').length,
    };
  });
  const wrong = [];
  if (!seen.heading || seen.words < 60) wrong.push(`shows little: ${JSON.stringify(seen)}`);
  const needed = seen.scripts.filter((src) => !COMFORTS.test(src));
  if (needed.length > 0 && !seen.says) wrong.push(`does not say that it needs ${needed}`);
  if (needed.length === 0 && seen.dead.length + seen.waiting > 0) wrong.push(`offers what only a script does: ${seen.dead}`);
  return wrong;
}

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const page = await browsers.person({ name: 'plain', camera: null, viewport: DESKTOP, javaScriptEnabled: false });
  // A form with a fault is answered with 422, which Chromium notes in its console.
  browsers.expectComplaint(/status of 422/);
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  await missedByMaria(demo, page);
  await invite(demo, at, page);
  await answersWithout(page);
  const { seen, wrong } = await walk(demo, page, wrongWith);
  assert(wrong.length === 0, `\n${wrong.join('\n')}`);
  assert(seen.size >= 60, `${seen.size} kinds of pages`);
  await sorts(page, at('hr', '/coverage'));
  await forms(page, at);
}

/** A check-in of somebody whose browser runs no script: each step says so and has another answer, as good as any. */
async function answersWithout(page) {
  await page.getByRole('button', { name: /I have read this|Go on/ }).click();
  const needs = page.locator('noscript .note'); // By its words Playwright does not look in there.
  await needs.waitFor();
  assert.match(await needs.innerText(), /This step and the talk need JavaScript/);
  await page.locator('summary', { hasText: 'Something does not work' }).click();
  await page.locator('textarea').fill('My employer has switched scripts off.');
  await page.getByRole('button', { name: 'It does not work, go on without' }).click();
  await page.waitForURL(/\/place$/);
  assert.match(await needs.innerText(), /Sharing needs JavaScript/);
  await page.locator('summary', { hasText: "I'd rather not" }).click();
  await page.getByRole('radio').last().check();
  await page.getByRole('button', { name: 'Record my answer and go on' }).click();
  await page.waitForURL(/\/(place|wait)$/);
}

const rows = (page) => page.locator('main tbody th').allTextContents();

/** A column sorts by its link, the other way at the second click; a name filters. */
async function sorts(page, coverage) {
  await page.goto(coverage);
  const column = page.locator('thead th a').first();
  await follow(column);
  const one = await rows(page);
  await follow(page.locator('thead th[aria-sort] a').first());
  const other = await rows(page);
  assert(one.length > 5 && one[0] !== other[0], 'the order turned round');
  await page.locator('#q').fill('Olsen');
  await follow(page.locator('form[method=get] button, form:not([method]) button').first());
  const found = await rows(page);
  assert(found.length > 0 && found.every((name) => name.includes('Olsen')), found.join());
}

/** Refused with the fault beside its field, kept as typed, then taken. */
async function forms(page, at) {
  await page.goto(at('anna', '/me/private-blocks'));
  await page.locator('input[name=when][value="2"]').check();
  await page.locator('#from').fill('11:00');
  await page.locator('#to').fill('10:00');
  await page.getByRole('button', { name: 'Add this block' }).click();
  await page.locator('#to-error').waitFor();
  assert.equal(await page.locator('#from').inputValue(), '11:00');
  await page.locator('#to').fill('11:30');
  await page.getByRole('button', { name: 'Add this block' }).click();
  await page.getByText('Declared: every Wednesday 11:00-11:30.').waitFor();

  await page.goto(at('manager', '/cases'));
  await follow(page.locator('main a[href^="/cases/"]').first());
  await page.locator('summary', { hasText: 'Add what you learned' }).click();
  await page.locator('textarea#comment').fill('She called back.');
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.locator('.story blockquote', { hasText: 'She called back.' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out').waitFor();
}
