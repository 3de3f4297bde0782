// Where somebody is, as an answer: denied is a full answer with another way forward and a quiet
// note; far outside every declared place is a question for a person, never an accusation.

import assert from 'node:assert/strict';
import { PHONE, DESKTOP, picture, pictures } from './support/browser.mjs';
import { expectColour } from './support/colour.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';
import { invite, openSession, runThrough } from './support/meeting.mjs';

export const title = 'a denied place is an answer, a place far away is a question';

const LIMA = { latitude: -12.05, longitude: -77.04, accuracy: 40 };

export async function story({ browsers, at_end }) {
  const begin = async () => {
    const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '11', '--weeks', '0'] }));
    at_end(() => demo.close());
    return [demo, (who, path) => demo.url(path, `${who}.localhost`)];
  };
  let [demo, at] = await begin();

  const denied = await browsers.person({ name: 'anna-denied', camera: 'red', permissions: ['camera', 'microphone'], viewport: PHONE });
  const verifier = await browsers.person({ name: 'verifier', camera: 'blue', viewport: DESKTOP });
  const first = await meet(demo, at, denied, verifier, async () => {
    await denied.getByRole('button', { name: 'Share my place' }).click();
    await denied.getByText('Your browser did not allow it. That is recorded as it is.').waitFor();
    await pictures(denied, '50-place-denied');
    assert.match(await denied.locator('main').textContent(), /not|denied|allow/i);
  });
  assert.match(first, /verified|once more|inconclusive|another/i);

  [demo, at] = await begin();
  const far = await browsers.person({ name: 'anna-far', camera: 'red', position: LIMA, viewport: PHONE });
  const second = await meet(demo, at, far, verifier, async () => {
    await far.getByRole('button', { name: 'Share my place' }).click();
    await far.getByText('Your place is recorded').waitFor();
  });
  assert.match(second, /a person will look|looked at|review/i);
  assert(!/violation|suspicious|fraud/i.test(second), 'nobody is accused');
  await pictures(far, '51-place-far-done');

  // Security and HR see the finding with its innocent causes; the manager never sees a coordinate.
  await verifier.goto(at('manager', '/cases'));
  const manager = await verifier.locator('main').textContent();
  assert(!/-12\.05|-77\.04|Lima/.test(manager), 'no coordinate on a manager\'s page');
}

/** One whole check-in of Anna; gives the text of her last page. */
async function meet(demo, at, anna, verifier, place) {
  const id = await invite(demo, at, anna);
  await anna.getByRole('button', { name: /I have read this|Go on/ }).click();
  await expectColour(anna, 'video[data-preview]', 'red');
  await anna.getByRole('button', { name: 'I can see myself' }).click();
  await place();
  await openSession(at, verifier, id);
  await anna.goto(at('anna', `/check-ins/${id}/talk`));
  await anna.locator('[data-connection]').getByText(/waiting|not here|verifier/i).waitFor();
  await verifier.getByRole('link', { name: 'Go into the room' }).click();
  await expectColour(verifier, 'video[data-remote]', 'red');
  await runThrough(verifier);
  await verifier.locator('input[name="presence"][value="live_person_seen"]').check();
  await verifier.getByRole('button', { name: 'Send the form' }).click();
  await verifier.getByText(/thank you|recorded|sent/i).first().waitFor();
  let text = '';
  await eventually('Anna\'s last page', async () => {
    await anna.goto(at('anna', `/check-ins/${id}/done`));
    text = await anna.locator('main').textContent();
    return /what was recorded/i.test(text) && !/stands here soon/i.test(text);
  }, 20_000);
  return text;
}
