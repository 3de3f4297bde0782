// A passkey in a real browser, held by Chromium's virtual authenticator: added in the first session while the verifier
// looks on, asked for once at the next check-in, gone on without, lent to somebody else, removed.

import assert from 'node:assert/strict';
import { DESKTOP, PHONE, pictures } from './support/browser.mjs';
import { expectColour } from './support/colour.mjs';
import { openSession, runThrough } from './support/meeting.mjs';
import { authenticator } from './support/passkeys.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

// A night passes, half an hour at a time.
export const limitMs = 600_000;
export const title = 'a passkey is added in the first session, signs the next answer, and is never demanded';

const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };
const LISBON = { latitude: 38.72, longitude: -9.14, accuracy: 30 };

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '17', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const anna = await browsers.person({ name: 'anna', camera: 'red', position: BERLIN, viewport: PHONE });
  const verifier = await browsers.person({ name: 'verifier', camera: 'blue', viewport: DESKTOP });
  const device = await authenticator(anna);

  // The first session: booked, met, and a passkey added in the talk.
  await anna.goto(at('anna', '/me/first-session'));
  await anna.getByRole('button', { name: /Ask for a (session|new picture)/ }).click();
  const first = await announced(demo, at, anna);
  await prepared(anna);
  await share(anna);
  assert.equal(await device.signatures(), 0, 'nothing is asked of somebody who has none');
  await talk(at, anna, verifier, first, async () => {
    const add = anna.getByRole('button', { name: 'Add a passkey to this device' });
    if (!(await add.isVisible())) await anna.getByText('Add a passkey', { exact: true }).click();
    await pictures(anna, '80-talk');
    await add.click();
    await anna.getByText('It is added. The person you meet confirms it').waitFor();
    await expectColour(anna, 'video[data-remote]', 'blue');
    if (!(await verifier.locator('input[name="passkey"]').isVisible())) await verifier.getByText('They added a passkey').click();
    await verifier.locator('input[name="passkey"]').check();
    await pictures(verifier, '81-verifier');
  });
  await anna.goto(at('anna', '/me/passkeys'));
  await anna.getByText('approved', { exact: true }).waitFor();
  await pictures(anna, '82-my-passkeys');

  // A second one on the same device is refused by the device itself.
  await anna.getByRole('button', { name: 'Add a passkey to this device' }).click();
  await anna.getByText('This device has a passkey for you already.').waitFor();

  // The next check-in asks for it once, and one gesture signs question and place.
  const held = async (page, table) => {
    const data = await page.evaluate(async () => (await fetch('/me/data.json')).json());
    return data.classes.flatMap((c) => c.rows).filter((r) => r.record === table).map((r) => r.fields);
  };
  const second = await drawn(demo, at, anna, 'Anna');
  await prepared(anna);
  await share(anna);
  assert.equal(await device.signatures(), 1, 'asked once');
  const used = await attestation(anna, held, second);
  assert.equal(used.claim.gathered.device.passkey_answer.used, 'used');
  const signed = JSON.parse(Buffer.from(JSON.parse(used.passkey).clientDataJSON, 'base64url'));
  assert.deepEqual([signed.type, signed.origin], ['webauthn.get', at('anna', '')]);

  // It does not answer: the person is asked, and goes on without.
  await anna.getByRole('link', { name: 'Change my answer' }).click();
  await device.verifies(false);
  await anna.getByRole('button', { name: 'Share my place' }).click();
  await anna.getByText('Your passkey did not sign.').waitFor({ timeout: 60_000 });
  await pictures(anna, '83-did-not-sign');
  await anna.getByRole('button', { name: 'Go on without it' }).click();
  await anna.getByText('Your place is recorded').waitFor({ timeout: 30_000 });
  const without = await attestation(anna, held, second);
  assert.equal(without.claim.gathered.device.passkey_answer.used, 'went_on');
  assert(without.record && !without.passkey, 'the browser has signed all the same');
  // Or tries again, and it signs.
  await anna.getByRole('link', { name: 'Change my answer' }).click();
  await anna.getByRole('button', { name: 'Share my place' }).click();
  await anna.getByText('Your passkey did not sign.').waitFor({ timeout: 60_000 });
  await device.verifies(true);
  await anna.getByRole('button', { name: 'Try my passkey again' }).click();
  await anna.getByText('Your place is recorded').waitFor({ timeout: 30_000 });
  assert.equal((await attestation(anna, held, second)).claim.gathered.device.passkey_answer.used, 'used');

  // Maria's browser signs with Anna's passkey. Her page says nothing of it; the answer is marked.
  const maria = await browsers.person({ name: 'maria', camera: 'green', position: LISBON, zone: 'Europe/Lisbon', viewport: PHONE });
  const copy = await authenticator(maria);
  const [credential] = await device.credentials();
  await copy.take({ ...credential, rpId: 'maria.localhost' });
  // Her page asks for what it was not told to ask for.
  await maria.addInitScript((id) => {
    const ask = window.fetch;
    window.fetch = async (address, ...more) => {
      const answer = await ask(address, ...more);
      if (!String(address).endsWith('/place/question')) return answer;
      return Response.json({ ...(await answer.json()), passkeys: { rp: 'maria.localhost', ids: [id] } });
    };
  }, Buffer.from(credential.credentialId, 'base64').toString('base64url'));
  await drawn(demo, at, maria, 'Maria');
  await prepared(maria, 'green');
  await share(maria);
  const [lent] = await held(maria, 'attestation');
  assert.equal(lent.claim.gathered.device.passkey_answer.used, 'used', 'it is good, and not hers');
  assert.equal((await held(maria, 'passkey')).length, 1);
  await maria.goto(at('maria', '/me/passkeys'));
  await maria.getByText('You have none.').waitFor();

  // HR sees Anna's, and she removes it.
  const hr = await browsers.person({ name: 'hr', camera: null, viewport: DESKTOP });
  await hr.goto(at('hr', '/roster?q=Anna'));
  await hr.locator('main a[href^="/people/"]').first().click();
  await hr.getByRole('heading', { name: 'Passkeys' }).waitFor();
  await pictures(hr, '84-person');
  await anna.goto(at('anna', '/me/passkeys'));
  await anna.getByRole('button', { name: 'Remove' }).click();
  await anna.getByText('It is removed').waitFor();
  await anna.getByText('You have none.').waitFor();
}

/** The one attestation of this check-in. */
async function attestation(page, held, id) {
  const found = (await held(page, 'attestation')).filter((row) => row.check_in_id === id);
  assert.equal(found.length, 1);
  return found[0];
}

/** Notice and camera. */
async function prepared(page, colour = 'red') {
  await page.getByRole('button', { name: /I have read this|Go on/ }).click();
  await expectColour(page, 'video[data-preview]', colour);
  await page.getByRole('button', { name: 'I can see myself' }).click();
}

async function share(page) {
  await page.getByRole('button', { name: 'Share my place' }).click();
  await page.getByText('Your place is recorded').waitFor({ timeout: 30_000 });
}

/** The booked session is announced, and its time has nearly come; she is at its first step. Gives its id. */
async function announced(demo, at, anna) {
  const link = anna.locator('main a[href^="/check-ins/"]').first();
  await eventually('the first session on Anna\'s page', async () => {
    await anna.goto(at('anna', '/'));
    if (await link.count()) return true;
    await anna.locator('.demo').getByRole('button', { name: '+30 min' }).click();
    return false;
  }, 90_000);
  const id = (await link.getAttribute('href')).split('/')[2];
  // It is a day ahead: one long stride.
  await anna.goto(at('anna', `/check-ins/${id}`));
  const start = Number(await anna.locator('[data-countdown]').first().getAttribute('data-countdown'));
  const now = Number(await anna.locator('[data-demo-bar]').getAttribute('data-now-ms'));
  const minutes = Math.floor((start - now) / 60_000) - 20;
  if (minutes > 0) {
    const stride = anna.locator('.demo form', { has: anna.getByRole('button', { name: '+30 min' }) });
    await stride.locator('input[name="minutes"]').evaluate((input, value) => { input.value = value; }, String(minutes));
    await stride.getByRole('button').click();
    await anna.goto(at('anna', `/check-ins/${id}`));
  }
  return id;
}

/** Somebody is ordered a check-in in the demo, invited, and at its first step. Gives its id. */
async function drawn(demo, at, page, name) {
  const who = name.toLowerCase();
  await page.goto(at(who, '/'));
  const links = page.locator('main a[href^="/check-ins/"]');
  const ids = () => links.evaluateAll((all) => all.map((a) => a.getAttribute('href').split('/')[2]));
  const before = await ids();
  await page.goto(demo.url('/demo', 'localhost'));
  await page.getByRole('button', { name: `Draw ${name} now` }).click();
  return eventually(`a new check-in of ${name}`, async () => {
    await page.goto(at(who, '/'));
    const id = (await ids()).find((known) => !before.includes(known));
    if (id) {
      await page.goto(at(who, `/check-ins/${id}`));
      if (await page.getByRole('button', { name: /I have read this|Go on/ }).count()) return id;
    }
    await page.goto(at(who, '/'));
    await page.locator('.demo').getByRole('button', { name: '+30 min' }).click();
    return null;
  }, 240_000);
}

/** Both meet; `during` happens while they talk; then the form. */
async function talk(at, anna, verifier, id, during) {
  await openSession(at, verifier, id);
  await anna.goto(at('anna', `/check-ins/${id}/talk`));
  await anna.locator('[data-connection]').getByText(/waiting|not here|verifier/i).waitFor();
  await verifier.getByRole('link', { name: 'Go into the room' }).click();
  await expectColour(verifier, 'video[data-remote]', 'red');
  await runThrough(verifier);
  await during();
  await verifier.locator('input[name="presence"]').first().check();
  await verifier.getByRole('button', { name: 'Send the form' }).click();
  await verifier.getByText(/thank you|recorded|sent/i).first().waitFor();
}
