// The demo's second story: nobody comes. Fault is decided first, a second chance is given, then the
// case climbs: the manager's mail, an acknowledgement that times out, and a resolution with a reason.

import assert from 'node:assert/strict';
import { DESKTOP, follow, pictures } from './support/browser.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'nobody comes, and somebody takes the case on';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const page = await browsers.person({ name: 'visitor', camera: null, viewport: DESKTOP });
  const home = demo.url('/demo', 'localhost');
  const text = async (selector = 'main') => page.locator(selector).textContent();
  const press = async (label) => {
    await page.goto(home);
    await follow(page.locator('.demo').getByRole('button', { name: label }));
  };
  const done = async (n) => {
    await page.goto(home);
    const steps = page.locator('section.sheet', { hasText: 'Nobody comes' }).locator('ol.tale > li');
    return (await steps.nth(n - 1).getAttribute('class')) === 'done';
  };
  const until = (what, n, label) => eventually(what, async () => {
    if (await done(n)) return true;
    await press(label);
    return false;
  }, 90_000);

  await page.goto(home);
  await page.getByRole('button', { name: 'Draw Maria now' }).click();
  await until('the check-in', 1, '+30 min');
  await until('the miss', 2, '+30 min');
  await until('the second chance', 3, '+30 min');
  await until('the manager\'s step', 4, '+30 min');
  await pictures(page, '30-demo-nobody-came');

  await page.goto(demo.url('/demo/mailbox', 'localhost'));
  const mail = page.getByRole('link', { name: /^Case \d+ needs you/ }).first();
  assert(!(await mail.textContent()).includes('Maria'), 'no name in a subject');
  await follow(mail);
  assert.match(await text(), /Maria Olsen/);
  await pictures(page, '31-manager-mail');

  await page.goto(at('manager', '/cases'));
  await pictures(page, '32-cases');
  await follow(page.locator('main a[href^="/cases/"]').first());
  assert.match(await text(), /Maria Olsen/);
  await pictures(page, '33-case-open');
  await page.getByRole('button', { name: 'I have this' }).click();
  await page.getByText(/you have this/i).first().waitFor();
  await pictures(page, '34-case-acknowledged');
  const caseUrl = page.url();

  // An acknowledgement without a resolution lapses: the case is open again and HR hears of it.
  await press('+1 day');
  await press('+1 day');
  await page.goto(caseUrl);
  assert.match(await text(), /lapsed|open again|timed out|ran out/i);
  await page.goto(at('hr', '/cases'));
  await follow(page.locator('main a[href^="/cases/"]', { hasText: /./ }).first());
  await pictures(page, '35-case-hr');
  assert.match(await text(), /Maria Olsen/);
  await follow(page.getByRole('button', { name: /open the evidence/i }));
  await pictures(page, '36-case-evidence');
  const form = page.locator('form[action$="/resolve"]');
  const unfold = form.locator('xpath=ancestor::details[1]');
  if (await unfold.count() && !(await unfold.evaluate((d) => d.open))) await unfold.locator('> summary').click();
  await form.locator('input[type=radio]').first().check();
  await form.locator('textarea').fill('Maria was at the hospital with a relative; HR spoke with her by phone.');
  await form.getByRole('button').click();
  await page.getByText('The case is closed.').first().waitFor();
  await pictures(page, '37-case-resolved');
  await until('the end of the story', 6, '+5 min');
  await page.goto(at('hr', '/coverage'));
  await pictures(page, '38-coverage');
  await page.goto(at('hr', '/policies'));
  await pictures(page, '39-policies');
  await page.goto(at('auditor', '/audit'));
  await pictures(page, '40-audit');
  await page.goto(at('admin', '/system'));
  await pictures(page, '41-system');
}
