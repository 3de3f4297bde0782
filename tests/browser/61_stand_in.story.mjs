// The verifier does not come: they say so while Anna waits, the next one is called, and the two meet on live video.
// Each of the three reads what concerns them, on the page that they have open.

import assert from 'node:assert/strict';
import { DESKTOP, PHONE, follow, pictures } from './support/browser.mjs';
import { expectColour, expectFramesToGrow } from './support/colour.mjs';
import { answerPlace, invite, openSession, runThrough } from './support/meeting.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'a verifier falls out, and the stand-in meets the employee on live video';

const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '15', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const anna = await browsers.person({ name: 'anna', camera: 'red', position: BERLIN, viewport: PHONE });
  const first = await browsers.person({ name: 'first-verifier', camera: null, viewport: DESKTOP });
  const second = await browsers.person({ name: 'stand-in', camera: 'blue', viewport: DESKTOP });
  const text = (page) => page.locator('main').textContent();

  const id = await invite(demo, at, anna);
  await answerPlace(anna);
  await openSession(at, first, id);
  await anna.goto(at('anna', `/check-ins/${id}/wait`));
  const firstName = (await first.locator('.demo-who:not([data-senses]) summary').textContent()).match(/You are (.+)/)[1].trim();
  assert.match(await text(first), /You meet Anna/);

  // One click, and Anna's open page says so by itself.
  await first.getByText('I cannot come').click();
  await first.locator('button[name="why"][value="not_well"]').click();
  await first.waitForURL(/\/verifier$/);
  const standing = anna.locator('[data-standing]');
  await eventually('Anna to read who comes instead', async () => /comes in place of the person you were to meet/.test(await standing.textContent()), 40_000);
  const said = (await standing.textContent()).trim();
  const secondName = said.match(/you were to meet: ([^.]+)\./)[1];
  assert.match(said, /You need not do anything/);
  assert(firstName !== secondName && !said.includes(firstName), 'the one who fell out is not named');
  await pictures(anna, '61-anna-reads-who-comes');

  // Whoever fell out reads that it is somebody else's, without Anna's name.
  await first.goto(at('first-verifier', `/verifier/sessions/${id}`));
  assert.match(await text(first), /Somebody else holds this session/);
  assert.match(await text(first), /You said .* that you cannot hold the session/);
  assert(!(await text(first)).includes('Anna'), 'no name on the page of somebody who is out of it');
  await pictures(first, '61-first-verifier-is-out');
  await first.goto(at('first-verifier', '/verifier'));
  assert.match(await text(first), /Somebody else holds it\. Nothing is needed from you\./);

  // The stand-in is told on their page that they stand in, and goes in.
  await second.goto(at('verifier', '/verifier'));
  assert.match(await text(second), /You stand in for somebody who cannot come/);
  await pictures(second, '61-stand-in-is-called');
  await follow(second.locator(`main a[href="/verifier/sessions/${id}"]`));
  assert.match(await text(second), /You meet Anna/);
  assert.match(await text(second), /You stand in for somebody who cannot come/);
  await anna.goto(at('anna', `/check-ins/${id}/talk`));
  await anna.locator('[data-connection]').getByText(/waiting|not here|verifier/i).waitFor();
  await second.getByRole('link', { name: 'Go into the room' }).click();
  await expectColour(anna, 'video[data-remote]', 'blue');
  await expectColour(second, 'video[data-remote]', 'red');
  await Promise.all([anna, second].map((page) => expectFramesToGrow(page, 'window.musterRoom.pc')));
  await runThrough(second);
  await second.locator('input[name="presence"][value="live_person_seen"]').check();
  await second.getByRole('button', { name: 'Send the form' }).click();
  await second.getByText('Your part is done').waitFor();

  await eventually('Anna\'s last page', async () => {
    await anna.goto(at('anna', `/check-ins/${id}/done`));
    return /verified/i.test(await text(anna));
  }, 20_000);
  assert((await text(anna)).includes(secondName), 'she reads whom she met');
  await pictures(anna, '61-anna-done');
}
