// Every page that a link leads to, as every role: no fault of accessibility, nothing wider than the screen, cut off or
// covered, also zoomed and with large text; the keyboard alone goes everywhere; nothing moves while a page arrives; one
// heading that says where one is. A picture of each page and width is kept under test-output/pages/.

import assert from 'node:assert/strict';
import { DESKTOP, picture } from './support/browser.mjs';
import { faults } from './support/axe.mjs';
import { keyboardFaults, skipLinkFaults } from './support/keyboard.mjs';
import { atWidth, layoutFaults, arrivalFaults, withTextTwiceAsLarge } from './support/looks.mjs';
import { Service } from './support/service.mjs';
import { annaAtTheDoor, missedByMaria, walk } from './support/walk.mjs';

// Hundreds of pages, one after the other.
export const limitMs = 600_000;
export const title = 'every page of every role is fit for every screen, light and dark, zoomed, and for the keyboard';

/** 640 is a screen of 1280 at a zoom of 200 %; the pixels of the device change nothing about the layout. */
const WIDTHS = [360, 640, 768, 1280];
const PICTURED = [360, 768, 1280];
const PAGES_MIN = 60;

/** Everything wrong with a page that was just opened in a window of the size DESKTOP. */
async function wrongWith(page, role, kind) {
  const name = `pages/${kind.slice(1).replaceAll(/[/…]+/g, '-') || 'home'}-${role}`;
  const said = (where, all) => all.map((fault) => `${where}: ${fault}`);
  const wrong = said('arriving', await arrivalFaults(page));
  wrong.push(...(await keyboardFaults(page)), ...(await skipLinkFaults(page)));
  wrong.push(...(await faults(page)));
  const facts = await page.evaluate(() => ({ title: document.title, headings: document.querySelectorAll('h1').length, lang: document.documentElement.lang }));
  if (!facts.title.trim() || facts.headings !== 1 || !facts.lang) wrong.push(`title, heading, language: ${JSON.stringify(facts)}`);
  await page.setViewportSize({ width: WIDTHS[0], height: 800 });
  await page.reload();
  wrong.push(...said('arriving on a phone', await arrivalFaults(page)));
  for (const width of WIDTHS) {
    await atWidth(page, width, async () => {
      wrong.push(...said(`${width} px`, await layoutFaults(page)));
      if (PICTURED.includes(width)) await picture(page, `${name}-${width}`);
    });
  }
  for (const width of [640, 1280]) {
    const large = await atWidth(page, width, () => withTextTwiceAsLarge(page, () => layoutFaults(page)));
    wrong.push(...said(`${width} px, large text`, large));
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  wrong.push(...said('dark', await faults(page, ['color-contrast'])));
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESKTOP);
  return wrong;
}

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const page = await browsers.person({ name: 'visitor', position: { latitude: 52.52, longitude: 13.405 }, viewport: DESKTOP });
  await missedByMaria(demo, page);
  await annaAtTheDoor(demo, page);
  const { seen, wrong } = await walk(demo, page, wrongWith);
  console.log([...seen].map(([kind, roles]) => `      ${kind} (${roles.join(', ')})`).join('\n'));
  assert(wrong.length === 0, `\n${wrong.join('\n')}`);
  assert(seen.size >= PAGES_MIN, `${seen.size} kinds of pages`);
}
