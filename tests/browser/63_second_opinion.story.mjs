// The verifier is not sure and asks for a second opinion while the two talk: another one is called, takes the seat, and meets
// Anna on live video; the first is out of it, and nobody learns what they thought before the form.

import assert from 'node:assert/strict';
import { DESKTOP, PHONE, follow, pictures } from './support/browser.mjs';
import { expectColour, expectFramesToGrow } from './support/colour.mjs';
import { answerPlace, invite, openSession, runThrough } from './support/meeting.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'a verifier who is not sure asks for a second opinion, and another one takes the seat';

const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '63', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const anna = await browsers.person({ name: 'anna', camera: 'red', position: BERLIN, viewport: PHONE });
  const first = await browsers.person({ name: 'verifier', camera: 'blue', viewport: DESKTOP });
  const second = await browsers.person({ name: 'second-verifier', camera: 'green', viewport: DESKTOP });
  const text = (page) => page.locator('main').textContent();

  const id = await invite(demo, at, anna);
  await answerPlace(anna);
  await openSession(at, first, id);
  await anna.goto(at('anna', `/check-ins/${id}/talk`));
  await first.getByRole('link', { name: 'Go into the room' }).click();
  await expectColour(anna, 'video[data-remote]', 'blue');
  await expectColour(first, 'video[data-remote]', 'red');

  // Without a view of one's own nobody is called; the talk goes on beside it, by keyboard alone.
  await first.evaluate(() => { window.isTheSamePage = true; });
  const section = first.locator('[data-second-opinion]');
  await section.locator('summary').focus();
  await first.keyboard.press('Enter');
  const call = section.getByRole('button', { name: 'Call somebody' });
  await call.focus();
  await first.keyboard.press('Enter');
  assert.equal(await section.locator('input[name="view"]:invalid').count(), 3, 'the browser asks for a view first');
  await section.locator('input[value="not_confirmed"]').focus();
  await first.keyboard.press('Space');
  await pictures(first, '63-asks');
  // What is refused is said, and stays when the next look brings nothing new.
  browsers.expectComplaint(/status of 409/);
  const asking = '**/second-opinion';
  await first.route(asking, (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 409 }) : route.continue()));
  await call.focus();
  await first.keyboard.press('Enter');
  await section.getByText('Nobody can be called now.', { exact: false }).waitFor();
  await first.waitForResponse((answer) => answer.url().endsWith('/second-opinion') && answer.request().method() === 'GET');
  assert.match(await section.textContent(), /Nobody can be called now/);
  await first.unroute(asking);
  await call.focus();
  await first.keyboard.press('Enter');
  await section.getByText(/Somebody is looked for|Somebody is called/).waitFor();
  await eventually('somebody to be called', async () => /Somebody is called/.test(await section.textContent()), 40_000);
  assert.equal(await first.evaluate(() => window.isTheSamePage), true, 'the talk goes on');
  await pictures(first, '63-somebody-is-called');

  // Whoever is called reads what is asked of them and nothing of what the first one thinks.
  await second.goto(at('second-verifier', '/verifier'));
  assert.match(await text(second), /asks for a second opinion/);
  await pictures(second, '63-called');
  await follow(second.locator(`main a[href="/verifier/sessions/${id}"]`));
  assert.match(await text(second), /You meet Anna/);
  assert.match(await text(second), /asks for a second opinion/);
  await second.getByRole('link', { name: 'Go into the room' }).click();
  await first.waitForURL(new RegExp(`/verifier/sessions/${id}$`));
  await expectColour(anna, 'video[data-remote]', 'green');
  await expectColour(second, 'video[data-remote]', 'red');
  await Promise.all([anna, second].map((page) => expectFramesToGrow(page, 'window.musterRoom.pc')));
  assert.equal(await second.locator('[data-second-opinion]').count(), 0, 'a third is not asked');

  await first.goto(at('first-verifier', `/verifier/sessions/${id}`));
  assert.match(await text(first), /You asked for a second opinion, and another verifier has taken over/);
  assert(!(await text(first)).includes('Anna'), 'no name on the page of somebody who is out of it');
  await pictures(first, '63-first-is-out');

  await runThrough(second);
  await second.locator('input[name="presence"][value="live_person_seen"]').check();
  await second.getByRole('button', { name: 'Send the form' }).click();
  await second.getByText('Your part is done').waitFor();
  await eventually('Anna to read that two looked', async () => {
    await anna.goto(at('anna', `/check-ins/${id}/done`));
    return /verified/i.test(await text(anna));
  }, 20_000);
  await pictures(anna, '63-anna-done');
}
