// Security finds the made-up laptop farm of the demo with the reasons why its people are joined, and takes a
// mistaken report of another system back, as far as one person alone can.

import assert from 'node:assert/strict';
import { DESKTOP, follow, pictures } from './support/browser.mjs';
import { Service } from './support/service.mjs';

export const title = 'security looks into a link group and at the reports that wait';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '12', '--weeks', '0'] }));
  at_end(() => demo.close());
  const page = await browsers.person({ name: 'security', camera: null, viewport: DESKTOP });

  await page.goto(demo.url('/links', 'security.localhost'));
  await follow(page.getByRole('link', { name: 'Group 1, 3 people' }));
  const rows = page.locator('tr[id^="edge-"]');
  assert.equal(await rows.count(), 3, 'three people, each two joined');
  for (const text of await rows.allTextContents()) assert.match(text, /home internet line/, text);
  assert((await page.locator('#innocent + ul li').count()) > 0, 'what may explain it');
  await pictures(page, '16-link-group');

  await page.goto(demo.url('/links', 'security.localhost'));
  await follow(page.getByRole('link', { name: 'Reports of other systems' }));
  await pictures(page, '16-reports');
  await follow(page.getByRole('link', { name: /Signs of a KVM switch/ }));
  assert.match(await page.locator('main').textContent(), /At the next session it asks for a human look/);
  await page.getByText('It was sent by mistake').click();
  browsers.expectComplaint(/422/);
  await page.getByLabel('Why?').fill('Too short');
  await follow(page.getByRole('button', { name: 'Ask to withdraw it' }));
  assert.equal(await page.getByLabel('Why?').inputValue(), 'Too short', 'what was typed stays');
  await page.getByLabel('Why?').fill('Our own help desk plugged it in.');
  await follow(page.getByRole('button', { name: 'Ask to withdraw it' }));
  await page.getByText('A second person of security has to agree', { exact: false }).first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Withdraw it' }).count(), 0, 'nobody agrees with themselves');
  await pictures(page, '16-report');
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByText('It counts as before.').waitFor();
}
