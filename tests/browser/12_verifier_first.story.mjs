// The verifier is in the room before the employee, as a host should be. The tasks are drawn when she comes; the verifier's
// page stays as it is and hears of them over its socket, and the call comes up at once, time after time.
// MUSTER_REPEAT sets how often they meet (default 5).

import assert from 'node:assert/strict';
import { DESKTOP, PHONE, pictures } from './support/browser.mjs';
import { expectColour, expectFramesToGrow } from './support/colour.mjs';
import { answerPlace, invite, openSession } from './support/meeting.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'the verifier is there first, and the call comes up every time';

const REPEAT = Number(process.env.MUSTER_REPEAT ?? 5);
const CALL_MS_MAX = 8000;
const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '12', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const anna = await browsers.person({ name: 'anna', camera: 'red', position: BERLIN, viewport: PHONE });
  const verifier = await browsers.person({ name: 'verifier', camera: 'blue', viewport: DESKTOP });

  const id = await invite(demo, at, anna);
  await answerPlace(anna);
  await openSession(at, verifier, id);
  const cards = verifier.locator('details[data-card]');

  const tookMs = [];
  for (let n = 1; n <= REPEAT; n += 1) {
    await anna.goto(at('anna', '/'));
    await verifier.goto(at('verifier', `/verifier/sessions/${id}/room`));
    await verifier.locator('[data-connection]').getByText(/waiting for the employee/i).waitFor();
    if (n === 1) {
      assert.equal(await cards.filter({ visible: true }).count(), 0, 'nothing is drawn yet');
      await pictures(verifier, '12-verifier-waits');
    }
    await verifier.evaluate(() => { window.isTheSamePage = true; });
    const startedAt = performance.now();
    await anna.goto(at('anna', `/check-ins/${id}/talk`), { waitUntil: 'commit' });
    await expectColour(anna, 'video[data-remote]', 'blue', CALL_MS_MAX);
    await expectColour(verifier, 'video[data-remote]', 'red', CALL_MS_MAX);
    tookMs.push(Math.round(performance.now() - startedAt));
    await eventually('the first task', () => cards.first().isVisible());
    assert.equal(await verifier.evaluate(() => window.isTheSamePage), true, 'the page was not loaded again');
  }
  await Promise.all([anna, verifier].map((page) => expectFramesToGrow(page, 'window.musterRoom.pc')));
  console.log(`      ${REPEAT} times, each connected after ms: ${tookMs.join(' ')}`);

  // By keyboard alone: Enter turns a card, a number answers, and the answer turns the next one.
  assert.equal(await cards.filter({ visible: true }).count(), 1, 'one task at a time');
  await verifier.locator('body').click({ position: { x: 5, y: 5 } });
  await verifier.keyboard.press('Enter');
  for (let n = 1; n <= 3; n += 1) {
    await eventually(`task ${n}`, async () => (await cards.nth(n - 1).getAttribute('data-shown')) !== null);
    await anna.locator(`[data-challenge] article[data-position="${n}"]`).waitFor();
    await verifier.keyboard.press('1');
    if (n < 3) await verifier.keyboard.press('Enter');
  }
  for (let n = 1; n <= 3; n += 1) {
    assert.equal(await verifier.locator(`input[name="challenge_${n}"]:checked`).getAttribute('value'), 'done');
  }
  // A sentence to begin with goes where the cursor is, its first gap marked to be written over.
  const notes = verifier.getByLabel('Notes');
  await notes.fill('All well.');
  await verifier.getByText('Sentences to begin with').click();
  await verifier.getByRole('button', { name: /^Lips and voice/ }).click();
  await verifier.keyboard.type('two');
  assert.equal(await notes.inputValue(), 'All well. Lips and voice were two seconds apart.');
  await verifier.locator('body').click({ position: { x: 5, y: 5 } });
  await verifier.keyboard.press('Enter');
  await verifier.keyboard.press('1');
  await pictures(verifier, '12-form-by-keyboard');
  await eventually('the button to have the focus', async () => {
    await verifier.keyboard.press('Enter');
    return verifier.evaluate(() => document.activeElement.matches('button[type=submit]'));
  });
  await verifier.keyboard.press('Enter');
  await verifier.getByText('Your part is done').waitFor();
  await anna.waitForURL(/\/done$/);
}
