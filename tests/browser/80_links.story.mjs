// The pages of link groups, as security uses them: sign-ins of three laptops in one house come in over the API, the night
// finds them, the page says why and what may explain it, and one person alone cannot have them met at one time.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { DESKTOP, picture } from './support/browser.mjs';
import { faults } from './support/axe.mjs';
import { eventually } from './support/poll.mjs';
import { MUSTER, Service } from './support/service.mjs';

export const limitMs = 240_000;
export const title = 'security reads why people are joined, asks who was seen where, and meets them with a second person only';

const LINE = '203.0.113.5';
const DAY_MS = 86_400_000;

/** What a program that holds a token for observations sends. */
function token(demo) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    MUSTER__SERVER__DATA_DIR: `${demo.folder}/data`,
    MUSTER__DATABASE__URL: `sqlite://${demo.folder}/data/muster-demo.db`,
  };
  const args = ['token', 'create', '--name', 'identity provider', '--scope', 'observations'];
  return execFileSync(MUSTER, args, { env, cwd: demo.folder, encoding: 'utf8' }).trim();
}


export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '21', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const page = await browsers.person({ name: 'visitor', camera: null, viewport: DESKTOP });

  // Nothing yet, and it says what to do about that.
  await page.goto(at('security', '/links'));
  await page.getByRole('heading', { name: 'No group was found' }).waitFor();

  const { now_ms: now } = await (await fetch(demo.url('/demo/now', 'localhost'))).json();
  const observations = [];
  for (const ago of [2, 4, 6, 8]) {
    for (const employee_id of ['anna', 'maria', 'manager']) {
      const row = { employee_id, at: new Date(now - ago * DAY_MS).toISOString(), ip: LINE, ip_class: 'residential' };
      observations.push({ ...row, asn: 64500, lan_id: 'fd3c:91a2:77b0::/64', device_key: `key of ${employee_id}` });
    }
    for (const [n, employee_id] of ['hr', 'auditor', 'admin'].entries()) {
      observations.push({ employee_id, at: new Date(now - ago * DAY_MS).toISOString(), ip: `198.18.0.${n}`, ip_class: 'residential' });
    }
  }
  const sent = await fetch(demo.url('/api/observations'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token(demo)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ observations }),
  });
  const told = await sent.json();
  assert.deepEqual([sent.status, told.refused], [200, []], JSON.stringify(told));

  // The night comes.
  await page.goto(demo.url('/demo', 'localhost'));
  await page.locator('.demo').getByRole('button', { name: '+1 day' }).click();
  await eventually('a group', async () => {
    await page.goto(at('security', '/links'));
    return page.getByRole('link', { name: /Group 1, 3 people/ }).count();
  }, 60_000);
  await picture(page, '80-list');
  await page.getByRole('link', { name: /Group 1, 3 people/ }).click();

  // Why each two, with what may explain it; no address and no place.
  await page.getByRole('heading', { name: 'Why each two are joined' }).waitFor();
  assert.equal(await page.locator('table.cards tbody tr').count(), 3);
  const main = await page.locator('main').innerText();
  for (const part of ['one local network', 'a shared flat, a co-working room or a hotel', 'What may explain it']) {
    assert.ok(main.includes(part), `${part}: ${main}`);
  }
  assert.ok(!main.includes('203.0') && !main.includes('fd3c'), main);
  // Each line of the drawing leads to its row of the table.
  const lines = page.locator('svg a');
  assert.equal(await lines.count(), 3);
  for (const href of await lines.evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
    assert.equal(await page.locator(href).count(), 1, href);
  }
  assert.deepEqual(await faults(page), []);
  await picture(page, '80-group');

  // To meet several at one time takes a second person: whoever proposes it is not offered to confirm it.
  await page.getByText('Meet several at one time').click();
  const form = page.locator('form[action="/links/1/overlap"]');
  for (const box of await form.getByRole('checkbox').all()) {
    if (await form.getByRole('checkbox', { checked: true }).count() < 2) await box.check();
  }
  await form.getByRole('textbox').fill('Whether one person works both laptops');
  await form.getByRole('button', { name: 'Propose it' }).click();
  await page.getByRole('heading', { name: 'Met at one time' }).waitFor();
  await page.getByText('Whether one person works both laptops').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Confirm it' }).count(), 0, 'one person alone');
  await picture(page, '80-overlap');

  // Who was seen where: an address, its range, the network's number, a date, a device, and a list of them at once.
  const day = new Date(now - 2 * DAY_MS).toISOString().slice(0, 10);
  const asked = [LINE, '203.0.113.0/24', 'AS64500', day, 'device:key of anna', '198.51.100.77', 'somebody'];
  await page.goto(at('security', '/links/search'));
  await page.getByRole('textbox').fill(asked.join('\n'));
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByText('Nobody was seen there.').waitFor();
  const people = await page.locator('main section').evaluateAll((all) =>
    Object.fromEntries(all.filter((s) => s.querySelector('h2')).map((s) => [s.querySelector('h2').innerText.trim(), s.querySelectorAll('tbody tr').length])),
  );
  assert.deepEqual(people, { [LINE]: 3, '203.0.113.0/24': 3, AS64500: 3, [day]: 6, 'device:key of anna': 1, '198.51.100.77': 0, somebody: 0 });
  await page.getByText(/This was not understood/).waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, '80-search');

  browsers.expectComplaint(/status of 40[34]/);
  // Nobody else has the pages: not HR, not whoever belongs to the group.
  for (const who of ['hr', 'anna', 'manager', 'auditor', 'admin']) {
    const answer = await page.goto(at(who, '/links/1'));
    assert.ok(answer.status() >= 400, `${who}: ${answer.status()}`);
    assert.ok(!(await page.locator('body').innerText()).includes('local network'), who);
  }
}
