// Private blocks, by keyboard alone, on a phone and on a desk: declared, refused with the question to correct,
// taken back. The page never asks why.

import assert from 'node:assert/strict';
import { DESKTOP, PHONE, pictures } from './support/browser.mjs';
import { fitsTheWindow, press, tabTo } from './support/keyboard.mjs';
import { Service } from './support/service.mjs';

export const title = 'private blocks are declared and taken back by keyboard';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '14', '--weeks', '0'] }));
  at_end(() => demo.close());
  // A form with a fault is answered with 422, which Chromium notes in its console.
  browsers.expectComplaint(/status of 422/);
  for (const [name, viewport] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    const page = await browsers.person({ name, camera: null, viewport });
    await declared(page, demo.url('/', 'anna.localhost'));
    await fitsTheWindow(page);
    await refused(page);
    await fitsTheWindow(page);
    await pictures(page, `60-private-blocks-${name}-fault`);
    await corrected(page);
    await takenBack(page);
  }
}

const said = (page) => page.locator('main').textContent();

/** From the first page, without the mouse, to the first block. */
async function declared(page, home) {
  await page.goto(home);
  await tabTo(page, 'a[href="/me/private-blocks"]');
  await press(page, 'Enter');
  await page.waitForURL(/\/me\/private-blocks$/);
  assert.match(await said(page), /You give no reason/);
  assert.match(await said(page), /Nothing yet/);
  // One stop for the whole question; arrows choose a day.
  await tabTo(page, 'input[name="when"]');
  await press(page, 'Space');
  await press(page, 'ArrowDown');
  assert.equal(await page.locator('input[name="when"]:checked').inputValue(), '1', 'Tuesday');
  await tabTo(page, '#from');
  await page.keyboard.type('14:00');
  await tabTo(page, '#to');
  await page.keyboard.type('15:00');
  await press(page, 'Enter');
  await page.getByText('Declared: every Tuesday 14:00-15:00. It counts from tomorrow on.').waitFor();
  assert.match(await said(page), /You use 60 of 120 minutes a week/);
}

/** A second one that ends before it begins: the page says so, leads to the field and keeps what was typed. */
async function refused(page) {
  await tabTo(page, 'input[name="when"]');
  await press(page, 'ArrowUp');
  assert.equal(await page.locator('input[name="when"]:checked').inputValue(), 'date');
  await tabTo(page, '#date');
  await page.keyboard.type('2026-12-24');
  await tabTo(page, '#from');
  await page.keyboard.type('11:00');
  await tabTo(page, '#to');
  await page.keyboard.type('10:00');
  await press(page, 'Enter');
  await page.locator('#to-error').waitFor();
  assert.match(await page.locator('#to-error').textContent(), /ends before it begins/);
  assert.equal(await page.locator('#to').getAttribute('aria-describedby'), 'to-error');
  assert.equal(await page.locator('#from').inputValue(), '11:00', 'what was typed is kept');
  assert.equal(await page.locator('input[name="when"]:checked').inputValue(), 'date');
}

async function corrected(page) {
  await tabTo(page, 'a[href="#to"]');
  await press(page, 'Enter');
  await tabTo(page, '#to');
  await press(page, 'Control+A');
  await page.keyboard.type('11:30');
  await press(page, 'Enter');
  await page.getByText('Declared: 2026-12-24 11:00-11:30.', { exact: false }).waitFor();
  assert.equal(await page.locator('main .item').count(), 2);
  await pictures(page, '60-private-blocks');
}

async function takenBack(page) {
  for (let left = 1; left >= 0; left -= 1) {
    const button = page.locator('form[action$="/remove"] button').first();
    const named = await button.getAttribute('aria-describedby');
    assert((await page.locator(`#${named}`).textContent()).length > 5, 'a button says which block it removes');
    await tabTo(page, 'form[action$="/remove"] button');
    await press(page, 'Enter');
    await page.getByText('Removed. It counts until the end of today.').waitFor();
    assert.equal(await page.locator('main .item').count(), left);
  }
}
