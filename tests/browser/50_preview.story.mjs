// HR writes a draft policy, sees the year it would bring, and proposes it. The pages need no script:
// the one that waits looks again by itself, and pictures are drawn on the server.

import assert from 'node:assert/strict';
import { DESKTOP, follow, pictures } from './support/browser.mjs';
import { Service } from './support/service.mjs';

export const title = 'HR previews a draft policy over the real roster and proposes it';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const page = await browsers.person({ name: 'hr', camera: null, viewport: DESKTOP });
  await page.goto(demo.url('/policies', 'hr.localhost'));
  await follow(page.getByRole('link', { name: /^Standard/ }).first());
  await follow(page.getByRole('link', { name: /Preview it/ }));
  const text = await page.locator('#text').inputValue();
  const draft = text.replace('mean_gap_days = 42', 'mean_gap_days = 20');
  assert.notEqual(draft, text);
  await page.locator('#text').fill(draft);
  await page.locator('#weeks').fill('12');
  await page.getByRole('button', { name: 'Preview the year' }).click();
  await page.getByRole('heading', { name: 'One possible year' }).waitFor({ timeout: 90_000 });
  const pictured = await page.getByRole('img', { name: /Gaps between check-ins/ }).boundingBox();
  assert(pictured.width > 250 && pictured.height > 100, 'the picture is there to be seen');
  assert.equal(await page.locator('figure.chart svg').count(), 4);
  await page.locator('figure.chart summary').first().click();
  assert((await page.locator('figure.chart table').first().locator('tbody tr').count()) > 10, 'and so are its numbers');
  assert.match(await page.locator('main').textContent(), /policy\.cadence\.mean_gap_days/);
  await pictures(page, '50-preview');
  await page.getByRole('button', { name: 'Propose this policy' }).click();
  await page.getByText('You proposed this, so a second person has to confirm it.').waitFor();
}
