// Every page that a link leads to, as every role: no fault of accessibility, no page wider than the screen, no script
// error, one heading that says where one is. Pages are found by following links, so a new page is looked at as well.

import assert from 'node:assert/strict';
import { DESKTOP, picture } from './support/browser.mjs';
import { faults } from './support/axe.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

// Hundreds of pages, one after the other.
export const limitMs = 600_000;
export const title = 'every page of every role is fit for every screen, light and dark';

const WIDTHS = [360, 768, 1280];
const PAGES_MIN = 50;

/** One page of each kind: numbers, ids and dates in an address do not make another, nor does the name of a task. */
const kindOf = (url) => url.pathname.replace(/^\/challenges\/.+/, '/challenges/…').replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}|\/\d[\d-]*/g, '/…');

/** Everybody may read the guides of the others, and is not led into their rooms by them. */
const GUIDES = { anna: 'employee', maria: 'employee', verifier: 'verifier', manager: 'manager', hr: 'hr', security: 'security', auditor: 'auditor', admin: 'administrator' };

/** Addresses of this demo that the page leads this role to, as pages and not as files. A link in a drawing has no `href` of its own. */
async function linksOf(page, role) {
  const guide = new URL(page.url()).pathname.match(/^\/help\/(.+)$/)?.[1];
  const among = guide && guide !== GUIDES[role] ? 'nav' : 'body';
  return page.evaluate((within) => [...document.querySelectorAll(`${within} a[href]:not([download])`)].map((a) => new URL(a.getAttribute('href'), document.baseURI).href), among);
}

/** What is wrong with the page at the widths and in the dark. */
async function wrongWith(page) {
  const wrong = await faults(page);
  const facts = await page.evaluate(() => ({ title: document.title, headings: document.querySelectorAll('h1').length, lang: document.documentElement.lang }));
  if (!facts.title.trim() || facts.headings !== 1 || !facts.lang) wrong.push(`title, heading, language: ${JSON.stringify(facts)}`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const { wide, by } = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      const beyond = [...document.querySelectorAll('main *')].find((e) => e.getBoundingClientRect().right > room + 1);
      return { wide: document.scrollingElement.scrollWidth - room, by: beyond?.outerHTML.slice(0, 120) };
    });
    if (wide > 1) wrong.push(`${wide} px wider than a screen of ${width} px: ${by}`);
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  wrong.push(...(await faults(page, ['color-contrast'])).map((fault) => `dark: ${fault}`));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESKTOP);
  return wrong;
}

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const page = await browsers.person({ name: 'visitor', camera: null, viewport: DESKTOP });
  const press = async (label) => {
    await page.goto(demo.url('/demo', 'localhost'));
    await page.getByRole('button', { name: label }).first().click();
  };
  await page.goto(demo.url('/demo', 'localhost'));
  for (const label of ['Draw Maria now', '+30 min', '+30 min', '+1 day', '+1 day', 'Draw Anna now']) await press(label);
  await eventually('her invitation', async () => {
    await press('+5 min');
    await page.goto(demo.url('/', 'anna.localhost'));
    return (await page.locator('main a[href^="/check-ins/"]').count()) > 0;
  }, 60_000);

  const seen = new Map();
  const wrong = [];
  for (const role of Object.keys(GUIDES)) {
    const queue = [demo.url('/', `${role}.localhost`), demo.url('/demo', `${role}.localhost`)];
    const known = new Set();
    while (queue.length > 0) {
      const url = new URL(queue.shift());
      const kind = kindOf(url);
      if (known.has(kind)) continue;
      known.add(kind);
      const answer = await page.goto(url.href).catch((error) => error);
      if (answer instanceof Error) {
        assert.match(answer.message, /Download is starting/, `${role} ${url}`);
        continue;
      }
      if (!/html/.test(answer.headers()['content-type'] ?? '')) continue;
      if (answer.status() !== 200) wrong.push(`${role} is led to ${url.pathname}, which answers ${answer.status()}`);
      for (const next of await linksOf(page, role)) if (new URL(next).host === url.host) queue.push(next);
      // The same page of another role has mostly the same parts; what a role alone sees has its own address.
      const isNew = !seen.has(kind);
      seen.set(kind, [...(seen.get(kind) ?? []), role]);
      if (isNew) wrong.push(...(await wrongWith(page)).map((fault) => `${role} ${url.pathname}: ${fault}`));
    }
  }
  console.log([...seen].map(([kind, roles]) => `      ${kind} (${roles.join(', ')})`).join('\n'));
  assert.deepEqual(wrong, []);
  assert(seen.size >= PAGES_MIN, `${seen.size} kinds of pages`);
}
