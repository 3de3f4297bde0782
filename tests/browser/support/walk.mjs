// The walk through every page that a link leads to, as every role of the demo. Pages are found by following links, so
// a new page is looked at as well, without being named anywhere.

import assert from 'node:assert/strict';
import { follow } from './browser.mjs';
import { invite, openSession } from './meeting.mjs';

/** Everybody may read the guides of the others, and is not led into their rooms by them. `localhost` is nobody's. */
const GUIDES = {
  anna: 'employee', verifier: 'verifier', maria: 'employee', manager: 'manager', hr: 'hr',
  security: 'security', auditor: 'auditor', admin: 'administrator', stranger: '',
};
const hostOf = (role) => (role === 'stranger' ? 'localhost' : `${role}.localhost`);

/** One page of each kind: numbers, ids and dates in an address do not make another, nor does the name of a task. */
const kindOf = (url) => url.pathname.replace(/^\/challenges\/.+/, '/challenges/…').replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}|\/\d[\d-]*/g, '/…');

/** Brings the demo to a day on which Maria has missed a check-in and its second chance. */
export async function missedByMaria(demo, page) {
  for (const label of ['Draw Maria now', '+30 min', '+30 min', '+1 day', '+1 day']) {
    await page.goto(demo.url('/demo', 'localhost'));
    await follow(page.getByRole('button', { name: label }).first());
  }
}

/** Orders a check-in of Anna and goes with her to the door of the room; the verifier has the session open. */
export async function annaAtTheDoor(demo, page) {
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const id = await invite(demo, at, page);
  await page.getByRole('button', { name: 'I have read this' }).click();
  await page.getByRole('button', { name: 'I can see myself' }).click();
  await page.getByRole('button', { name: 'Share my place' }).click();
  await page.getByText('Your place is recorded').waitFor();
  await openSession(at, page, id);
}

/** Addresses of this host that the page leads this role to, as pages and not as files. A link in a drawing has no `href` of its own. */
async function linksOf(page, role) {
  const here = new URL(page.url());
  const guide = here.pathname.match(/^\/help\/(.+)$/)?.[1];
  const among = guide && guide !== GUIDES[role] ? 'nav' : 'body';
  const all = await page.evaluate((within) => [...document.querySelectorAll(`${within} a[href]:not([download])`)].map((a) => new URL(a.getAttribute('href'), document.baseURI).href), among);
  return all.map((href) => new URL(href)).filter(({ host }) => host === here.host);
}

/**
 * Visits one page of each kind as every role. The same page of another role has mostly the same parts, and what a role
 * alone sees has its own address: so `look(page, role, kind)` is asked at the first visit only, for what is wrong.
 *
 * @returns {Promise<{seen: Map<string, string[]>, wrong: string[]}>} roles of each kind of page; everything wrong
 */
export async function walk(demo, page, look) {
  const [seen, wrong] = [new Map(), []];
  for (const role of Object.keys(GUIDES)) {
    const queue = ['/', '/demo', '/sign-in'].map((path) => new URL(demo.url(path, hostOf(role))));
    const asked = new Set();
    const known = new Set();
    while (queue.length > 0) {
      const url = queue.shift();
      if (asked.has(kindOf(url))) continue;
      asked.add(kindOf(url));
      const answer = await page.goto(url.href).catch((error) => error);
      if (answer instanceof Error) {
        assert.match(answer.message, /Download is starting/, `${role} ${url}`);
        continue;
      }
      if (!/html/.test(answer.headers()['content-type'] ?? '')) continue;
      if (answer.status() !== 200) wrong.push(`${role} is led to ${url.pathname}, which answers ${answer.status()}`);
      // An address may lead on, as that of a check-in does to the step it has reached.
      const kind = kindOf(new URL(page.url()));
      if (known.has(kind)) continue;
      known.add(kind);
      queue.push(...(await linksOf(page, role)));
      const isNew = !seen.has(kind);
      seen.set(kind, [...(seen.get(kind) ?? []), role]);
      if (isNew) wrong.push(...(await look(page, role, kind)).map((fault) => `${role} ${kind}: ${fault}`));
    }
  }
  return { seen, wrong };
}
