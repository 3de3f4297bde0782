// The way to a talk in the demo, for stories about what happens in it: Anna is ordered a check-in and invited, the
// verifier's session opens, the tasks come one after the other.

import { expectColour } from './colour.mjs';
import { eventually } from './poll.mjs';

/** Opens and answers the three tasks as they come; `seen(n)` is called while task n lies open. */
export async function runThrough(verifier, seen = async () => {}) {
  const cards = verifier.locator('details[data-card]');
  for (let n = 1; n <= 3; n += 1) {
    const card = cards.nth(n - 1);
    await eventually(`the place of task ${n}`, () => card.isVisible(), 20_000);
    if (!(await card.evaluate((c) => c.open))) await card.locator('> summary').click();
    await eventually(`the text of task ${n}`, async () => (await card.locator('[data-say]').textContent()).trim() !== '', 20_000);
    await seen(n);
    await card.locator('input[value="done"]').first().check();
  }
}

const idsOn = async (page) => {
  const hrefs = await page.locator('main a[href^="/check-ins/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  return new Set(hrefs.map((href) => href.split('/')[2]));
};

/** Orders a check-in of Anna and moves the clock until she is invited; she is then at its first step. Gives its id. */
export async function invite(demo, at, anna) {
  await anna.goto(at('anna', '/'));
  const before = await idsOn(anna);
  await anna.goto(demo.url('/demo', 'localhost'));
  await anna.getByRole('button', { name: 'Draw Anna now' }).click();
  return eventually('a new check-in of Anna', async () => {
    await anna.goto(at('anna', '/'));
    const id = [...(await idsOn(anna))].find((known) => !before.has(known));
    if (id) {
      await anna.goto(at('anna', `/check-ins/${id}`));
      if (await anna.getByRole('button', { name: /I have read this|Go on/ }).count()) return id;
    }
    await anna.goto(demo.url('/demo', 'localhost'));
    await anna.locator('.demo').getByRole('button', { name: '+30 min' }).click();
    return null;
  }, 90_000);
}

/** Moves the clock until the verifier may open the session, and opens it. */
export async function openSession(at, verifier, id) {
  await eventually('the session to open', async () => {
    await verifier.goto(at('verifier', '/verifier'));
    const open = verifier.locator(`main a[href="/verifier/sessions/${id}"]`);
    if (await open.count()) return open.click().then(() => true);
    await verifier.locator('.demo').getByRole('button', { name: '+5 min' }).click();
    return false;
  }, 60_000);
}

/** From the invitation to the answer about the place; the camera shows red. */
export async function answerPlace(anna) {
  await anna.getByRole('button', { name: /I have read this|Go on/ }).click();
  await expectColour(anna, 'video[data-preview]', 'red');
  await anna.getByRole('button', { name: 'I can see myself' }).click();
  await anna.getByRole('button', { name: 'Share my place' }).click();
  await anna.getByText('Your place is recorded').waitFor();
}
