// A phone beside the work laptop: what Anna's page shows is typed once on a device without an account, whose letters then
// move, and the verifier's page shows the same. Wrong, used or old codes are refused in words.
//
// So that this task is drawn for certain, the organisation has five cards of its own that need a bright light, HR takes
// our others of its group out, and notes that Anna is asked for no bright light.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DESKTOP, PHONE, follow, pictures } from './support/browser.mjs';
import { expectColour } from './support/colour.mjs';
import { fitsTheWindow } from './support/keyboard.mjs';
import { answerPlace, invite, openSession } from './support/meeting.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'a phone without an account shows the letters that the verifier sees';

const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };
const SMALL = { width: 320, height: 568 };
const OTHERS = ['code-on-paper', 'asset-tag', 'unlock-key', 'last-change', 'last-pairing', 'find-a-page'];

const ownCard = (n) => `[[challenge]]
id = "own-lamp-${n}"
class = "binding"
instruction = "Hold a lamp beside your work laptop."
alternative = "Turn your work laptop to the window."
seconds = 30
for_verifier = "Any lamp will do."
look_for = "The light on face and laptop moves together."
defeats = ["face_swap"]
not_with = ["no_bright_light"]
`;

function withCards(port, folder) {
  const cards = path.join(folder, 'cards');
  fs.mkdirSync(cards);
  fs.writeFileSync(path.join(cards, 'lamps.toml'), [1, 2, 3, 4, 5].map(ownCard).join('\n'));
  return { args: ['demo', '--port', String(port), '--data', 'data', '--seed', '18', '--weeks', '0', '--challenges', cards] };
}

export async function story({ browsers, at_end }) {
  const demo = await Service.start(withCards);
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const anna = await browsers.person({ name: 'anna', camera: 'red', position: BERLIN, viewport: DESKTOP });
  const verifier = await browsers.person({ name: 'verifier', camera: 'blue', viewport: DESKTOP });
  const phone = await browsers.person({ name: 'phone', camera: null, viewport: SMALL });
  const other = await browsers.person({ name: 'other-phone', camera: null, viewport: PHONE });
  browsers.expectComplaint(/status of 422/);
  const text = (page) => page.locator('main').textContent();

  for (const card of OTHERS) {
    await verifier.goto(at('hr', `/challenges/${card}`));
    await verifier.getByText('Take it out').first().click();
    await verifier.getByLabel('Why?').fill('it was shown in a public video');
    await verifier.getByRole('button', { name: 'Take it out' }).click();
    await verifier.getByText('It is drawn for nobody from now on.').waitFor();
  }
  await verifier.goto(at('hr', '/roster?q=Anna'));
  await follow(verifier.getByRole('link', { name: 'Anna Lindqvist' }));
  await verifier.getByText('What tasks leave out').click();
  await verifier.getByLabel('Nothing with a bright light').check();
  await verifier.getByRole('button', { name: 'Save' }).click();
  await verifier.getByText('It counts from the next session on.').waitFor();

  const id = await invite(demo, at, anna);
  await answerPlace(anna);
  await openSession(at, verifier, id);
  await anna.goto(at('anna', `/check-ins/${id}/talk`));
  await verifier.getByRole('link', { name: 'Go into the room' }).click();
  await expectColour(verifier, 'video[data-remote]', 'red');

  // Three tasks, of which the last is the phone's. The code is for whoever has the phone, so the verifier's page has none.
  const cards = verifier.locator('details[data-card]');
  const shown = anna.locator('[data-challenge] article');
  for (const n of [1, 2, 3]) {
    const card = cards.nth(n - 1);
    await eventually(`the place of task ${n}`, () => card.isVisible());
    if (!(await card.evaluate((c) => c.open))) await card.locator('> summary').click();
    await eventually(`task ${n} on Anna's page`, async () => (await shown.getAttribute('data-position')) === String(n));
    if (n < 3) await card.locator('input[value="done"]').first().check();
  }
  const [task, said] = [await shown.textContent(), await cards.nth(2).textContent()];
  assert(task.includes(`localhost:${demo.port}/phone`), task);
  const code = task.match(/[2-9A-HJ-NP-Z]{4}\u2011[2-9A-HJ-NP-Z]{4}/)[0].replace('\u2011', '-');
  assert(said.includes('type the code on your page') && !said.includes(code.slice(0, 4)), said);
  await pictures(anna, '14-task');
  const note = verifier.locator('form [data-standing]');
  await eventually('that no phone is there yet', async () => /has not been opened yet/.test(await note.textContent()));

  const type = async (page, typed) => {
    await page.goto(demo.url('/phone', 'localhost'));
    await page.getByLabel('The code of your check-in page').fill(typed);
    await page.getByRole('button', { name: 'Show the code' }).click();
  };
  const refused = async (page, typed) => {
    await type(page, typed);
    await page.getByText('This code does not fit, was used already or is too old.').first().waitFor();
    assert.equal(await page.getByLabel('The code of your check-in page').inputValue(), typed, 'what was typed stays');
    await fitsTheWindow(page);
  };
  await phone.goto(demo.url('/phone', 'localhost'));
  await pictures(phone, '14-phone-asks');
  await refused(phone, 'K7RA-4MXP');
  await pictures(phone, '14-phone-refused');

  // As a thumb types it: small letters, a space for the hyphen.
  await type(phone, code.toLowerCase().replace('-', ' '));
  await phone.waitForURL(/\/phone\/[0-9a-f]{32}$/);
  const letters = () => phone.locator('main .code').textContent();
  const bothShow = () => eventually('the same letters on both', async () => {
    const now = await letters();
    return (await note.textContent()).includes(`The phone shows ${now} now`) && now;
  });
  const one = await bothShow();
  assert.match(one, /^[2-9A-HJ-NP-Z]{4}$/);
  await fitsTheWindow(phone);
  assert(!/Anna|Lindqvist/.test(await text(phone)), 'it names nobody');
  await pictures(phone, '14-phone-shows');
  await pictures(verifier, '14-verifier-compares');
  await refused(other, code);

  const pass = async () => {
    await other.goto(demo.url('/demo', 'localhost'));
    await follow(other.locator('.demo').getByRole('button', { name: '+5 min' }));
  };
  await pass();
  assert.notEqual(await eventually('other letters', async () => (await bothShow()) !== one && bothShow()), one);

  // A quarter of an hour after it was shown nothing is left of it, though the talk goes on.
  await pass();
  await pass();
  await phone.getByRole('heading', { name: 'This is over' }).waitFor();
  await pictures(phone, '14-phone-over');
  await refused(phone, code);
  await eventually('that the verifier is not told letters any more', async () => !/The phone shows/.test(await note.textContent()));

  await cards.nth(2).locator('input[value="done"]').first().check();
  await verifier.locator('input[name="presence"][value="live_person_seen"]').check();
  await verifier.getByRole('button', { name: 'Send the form' }).click();
  await verifier.getByText('Your part is done').waitFor();
}
