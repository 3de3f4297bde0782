// From one address to people and their group, by keyboard alone: security asks who was seen where, by each kind of indicator
// and by a list from a file. Every question stands in the log without what was asked; nobody else may ask.

import assert from 'node:assert/strict';
import { DESKTOP, pictures } from './support/browser.mjs';
import { press, tabTo } from './support/keyboard.mjs';
import { Service } from './support/service.mjs';

export const title = 'security follows an address to people and their group, by keyboard';

const FARM = ['Imani Violanda', 'Noor Inkermann', 'Vikram Windermere'];

/** What is asked, how it is read, and who was seen; a number where they are many. */
const QUESTIONS = [
  ['203.0.113.5', 'address', FARM],
  ['203.0.113.0/24', 'range of addresses', FARM],
  ['AS64496', 'network number', FARM],
  ['device:demo-machine-1150', 'device key', ['Chidi Marigolde']],
  ['2026-11-30', 'date', 63],
];

const LIST = [
  '# made up for this story', '203.0.113[.]5', '198.51.100.0/29', '', '203.0.113.77', 'the house in the hills', '2026-11-30',
].join('\r\n');

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '12', '--weeks', '0'] }));
  at_end(() => demo.close());
  const page = await browsers.person({ name: 'security', camera: null, viewport: DESKTOP });
  // A list of which nothing can be read is answered with 422, and whoever may not ask with 403.
  browsers.expectComplaint(/status of 422/);
  browsers.expectComplaint(/status of 403/);
  const said = () => page.locator('main').textContent();
  const goTo = async (selector) => {
    await tabTo(page, selector);
    const arrives = page.waitForEvent('load');
    await press(page, 'Enter');
    await arrives;
  };
  const look = () => goTo('form[action="/links/search"] button');
  const ask = async (list) => {
    await tabTo(page, '#indicators');
    await press(page, 'Control+A');
    await page.keyboard.type(list);
    await look();
  };

  await page.goto(demo.url('/links', 'security.localhost'));
  await goTo('main a[href="/links/search"]');
  for (const [typed, kind, seen] of QUESTIONS) {
    await ask(typed);
    assert.match(await said(), /Somebody was seen there/, typed);
    const section = page.locator('main section', { has: page.getByRole('heading', { name: typed, exact: true }) });
    const count = seen.length ?? seen;
    const people = count === 1 ? 'one person' : `${count} people`;
    assert.equal(await section.locator('p.soft').first().textContent(), `${kind}, ${people}`);
    const names = await section.locator('tbody th a').allTextContents();
    if (Array.isArray(seen)) assert.deepEqual(names.sort(), seen, typed);
    else assert.equal(names.length, seen, typed);
  }

  // What is nothing of all that: said in words, what was typed stays, and the focus is on it.
  await ask('the house in the hills');
  await page.locator('#indicators-error').waitFor();
  assert.match(await page.locator('#indicators-error').textContent(), /No line was understood\. The first could be an address, a range/);
  assert.equal(await page.locator('#indicators').inputValue(), 'the house in the hills');
  assert.equal(await page.evaluate(() => 'problems' in document.activeElement.dataset), true, 'the fault has the focus');
  await pictures(page, '17-not-understood');

  // A list from a file; choosing the file is the browser's own affair.
  await tabTo(page, '#list');
  await page.locator('#list').setInputFiles({ name: 'indicators.txt', mimeType: 'text/plain', buffer: Buffer.from(LIST) });
  await page.waitForFunction(() => document.querySelector('#indicators').value.includes('[.]5'));
  await look();
  assert.match(await said(), /Somebody was seen at 3 of 5\./);
  assert.match(await said(), /the house in the hills\. Accepted: an address/);
  await tabTo(page, 'main summary');
  await press(page, 'Enter');
  await page.getByText('203.0.113.77', { exact: true }).waitFor();
  assert.equal(await page.locator('#indicators').inputValue(), LIST.replaceAll('\r\n', '\n'), 'the list stays, for the next question');
  await pictures(page, '17-list');

  // On to one of the people, and to their group.
  await goTo('main a[href^="/coverage?q="]');
  const found = await page.locator('main tbody th').allTextContents();
  assert(found.length === 1 && FARM.includes(found[0].trim()), `${found}`);
  await page.goto(demo.url('/links/search', 'security.localhost'));
  await ask('203.0.113.5');
  await pictures(page, '17-address');
  await goTo('main a[href="/links/1"]');
  const group = await said();
  for (const name of FARM) assert(group.includes(name), name);
  await pictures(page, '17-group');

  // The auditor reads that each was asked and how long the list was, and not what.
  await page.goto(demo.url('/audit?kind=links-searched', 'auditor.localhost'));
  const facts = (await page.locator('main pre').allTextContents()).map((text) => JSON.parse(text).indicators);
  assert.deepEqual(facts, [1, 5, ...QUESTIONS.map(() => 1)], 'newest first; what was refused asked nothing');
  assert(!/203\.0\.113|demo-machine|hills/.test(await said()), 'what was asked is committed to, not shown');
  await tabTo(page, 'main tbody summary');
  await press(page, 'Enter');
  await pictures(page, '17-audit');

  for (const who of ['hr', 'manager', 'auditor', 'admin', 'anna']) {
    const answer = await page.goto(demo.url('/links/search', `${who}.localhost`));
    assert.equal(answer.status(), 403, who);
    assert.match(await said(), /None of your roles allows this/, who);
    assert.equal(await page.locator('a[href^="/links"]').count(), 0, `${who} is not led there`);
  }
  await pictures(page, '17-refused');
}
