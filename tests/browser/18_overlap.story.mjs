// Two of a link group are met at one time: one person of security asks, another agrees, nobody alone. One operator cannot
// be in two calls. The two are invited like anybody who is met by hand, and read once both sessions are over what it was.

import assert from 'node:assert/strict';
import { DESKTOP, follow, pictures } from './support/browser.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'two of security have two of a group met at one time, and these read why';

const REASON = 'both answer from one line at the same hours';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '21', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const person = (name) => browsers.person({ name, camera: null, viewport: DESKTOP });
  const [first, second, imani] = [await person('first'), await person('second'), await person('imani')];
  const text = (page) => page.locator('main').textContent();
  const step = (page, label) => follow(page.locator('.demo').getByRole('button', { name: label }));
  browsers.expectComplaint(/status of 422/);
  browsers.expectComplaint(/status of 403/);

  const form = (page) => page.locator('form[action$="/overlap"]');
  const propose = async (page, names, reason) => {
    if (!(await form(page).isVisible())) await page.getByText('Meet several at one time').click();
    for (const box of await form(page).getByRole('checkbox').all()) await box.setChecked(false);
    for (const name of names) await form(page).getByLabel(name).check();
    await form(page).getByLabel('Why?').fill(reason);
    await follow(form(page).getByRole('button', { name: 'Propose it' }));
  };
  // It is asked for in the afternoon of New York, where both work, so that what is drawn lies near.
  await first.goto(demo.url('/demo', 'localhost'));
  for (let n = 0; n < 21; n += 1) await step(first, '+30 min');
  await first.goto(at('security', '/links/1'));
  await propose(first, ['Imani Violanda'], 'one line');
  assert.match(await form(first).textContent(), /Choose two to four people of this group\.[^]*at least three words/);
  assert.equal(await form(first).getByLabel('Imani Violanda').isChecked(), true, 'what was chosen stays');
  assert.equal(await form(first).getByLabel('Why?').inputValue(), 'one line', 'what was typed stays');
  await pictures(first, '18-refused');
  await propose(first, ['Imani Violanda', 'Noor Inkermann'], REASON);
  await first.getByText('It waits for a second person of security.').waitFor();
  assert.equal(await form(first).count(), 0, 'one at a time');
  assert.equal(await first.getByRole('button', { name: 'Confirm it' }).count(), 0);
  const alone = await first.evaluate(async () => {
    const csrf = document.querySelector('input[name="csrf"]').value;
    const answer = await fetch('/links/1/overlap/confirm', { method: 'POST', body: new URLSearchParams({ csrf }) });
    return [answer.status, await answer.text()];
  });
  assert.equal(alone[0], 403);
  assert.match(alone[1], /a second person has to confirm it/);
  await pictures(first, '18-waits');

  // The second person finds it in the list, reads why, and agrees.
  await second.goto(at('second-security', '/links'));
  await pictures(second, '18-list');
  await follow(second.getByRole('link', { name: 'It waits for your word.' }));
  assert.match(await text(second), new RegExp(`Samir Haddadine proposed it[^]*${REASON}`));
  await pictures(second, '18-asked');
  await second.getByRole('button', { name: 'Confirm it' }).click();
  await second.getByText('It is ordered. The time is drawn, and nobody knows it before.').waitFor();

  // Both are invited, at one time, by a check-in that says that somebody ordered it.
  const invitations = async () => {
    await imani.goto(demo.url('/demo/mailbox', 'localhost'));
    const mails = imani.locator('main li', { hasText: 'Video check-in today' });
    const ours = (await mails.allTextContents()).filter((mail) => /imani\.violanda|noor\.inkermann/.test(mail));
    return ours.map((mail) => mail.match(/Video check-in today (\d\d:\d\d)/)[1]);
  };
  const times = await eventually('both invitations', async () => {
    const found = await invitations();
    if (found.length === 2) return found;
    await step(imani, '+5 min');
    return null;
  }, 120_000);
  assert.equal(times[0], times[1], 'at one time, in one zone');
  await imani.goto(at('imani', '/'));
  await follow(imani.locator('main a[href^="/check-ins/"]').first());
  const checkIn = new URL(imani.url()).pathname.split('/')[2];
  assert.match(await text(imani), /security asked for it; you can read why afterwards/);
  await pictures(imani, '18-invitation');
  const held = async () => {
    const data = await imani.evaluate(async () => (await fetch('/me/data.json')).json());
    return data.classes.flatMap((c) => c.rows).some((row) => row.record === 'overlap_member');
  };

  // Whoever came is through in minutes; until the other one's time is over, neither reads what it was.
  const fact = async () => {
    await second.goto(at('second-security', '/links/1'));
    return second.locator('section[aria-labelledby="overlaps"]').textContent();
  };
  const told = async () => {
    await imani.goto(at('imani', `/check-ins/${checkIn}/done`));
    return /two people of security/.test(await text(imani));
  };
  const facts = [];
  await eventually('the end of both', async () => {
    facts.push((await fact()).match(/It is ordered|It is under way|.* there, on .*\./)[0]);
    if (/there, on/.test(facts.at(-1))) return true;
    assert.deepEqual([await told(), await held()], [false, false], `told while ${facts.at(-1)}`);
    await step(second, '+5 min');
    return false;
  }, 120_000);
  assert(facts.includes('It is under way'), `${facts}`);
  assert.match(facts.at(-1), /^One of two was there, on/, 'one operator, two calls');
  await second.locator('#overlaps').scrollIntoViewIfNeeded();
  await pictures(second, '18-fact');
  assert.equal(await told(), true);
  assert.match(await text(imani), /for one time with somebody else's check-in\. It decides nothing/);
  assert.equal(await held(), true, 'it is in the data they can take along');
  await pictures(imani, '18-told');

  // Nobody is met so again soon, and the log names both who ordered it.
  await propose(second, ['Imani Violanda', 'Vikram Windermere'], REASON);
  assert.match(await form(second).textContent(), /met so within the last 90 days/);
  assert.equal(await form(second).getByLabel('Why?').inputValue(), REASON);
  const actors = [];
  for (const kind of ['overlap-proposed', 'overlap-confirmed']) {
    await second.goto(at('auditor', `/audit?kind=${kind}`));
    const rows = await second.locator('main tbody tr').count();
    assert.equal(rows, 1, kind);
    actors.push(await second.locator('main tbody code').first().textContent());
  }
  assert.notEqual(actors[0], actors[1], 'two people');
}
