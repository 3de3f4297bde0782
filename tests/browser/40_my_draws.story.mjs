// An employee's own browser recomputes what was drawn, says so in plain words, and does not take a
// changed record for the true one.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DESKTOP, follow, pictures } from './support/browser.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';
import { enc, hex, hmac, sha256, unhex, utf8 } from '../../assets/js/draws/bytes.js';
import { boundaryKey, chainKey } from '../../assets/js/draws/draw.js';

export const title = 'an employee recomputes the draws in the browser';

/** The vectors of docs/draw-format.md, by the code that the page runs. */
async function vectors() {
  const upTo = (n) => Array.from({ length: n }, (_, i) => i.toString(16).padStart(2, '0')).join('');
  const anchor = { first_date: '2026-12-01', length_days: 400, k_0: 'be3144a022e5dbacbc9620d21101b3d4f5afbd8f0f12cba946c92d79a5870c85' };
  const key = await chainKey({ key: upTo(32), label: '2028-01-04' }, '2027-01-13', anchor);
  assert.equal(hex(key), '8fb5cecd480781d0a3c7dce0ec85cad40651b68db2bdd63876a87f0d866a29e5');
  const boundary = { org: 'acme-7f3a', chain: '2027', label: '2027-01-13', t_ms: 1799794800000, horizon: 'day' };
  const kt = await boundaryKey([key], await sha256(utf8('beacon')), boundary);
  assert.equal(hex(kt), 'cf8b923fa7c101cb2746e10b8165b080a13d7d4eca72163b5bfc00f8b703c333');
  const day = await hmac(kt, enc('day', unhex(upTo(16))));
  assert.equal(hex(day), '4b812a1d28f544f2cf62d66f9b5cea2292b4711ac553fc2861a2c2156fe79bab');
}

export async function story({ browsers, at_end }) {
  await vectors();
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '11', '--weeks', '0'] }));
  at_end(() => demo.close());
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'muster-draws-'));
  at_end(() => fs.rmSync(folder, { recursive: true, force: true }));
  const page = await browsers.person({ name: 'anna', camera: null, viewport: DESKTOP, acceptDownloads: true });
  const mine = demo.url('/me/draws', 'anna.localhost');
  const status = () => page.locator('[data-draws-status]');

  // Her own part of the token, made by this browser.
  await page.goto(demo.url('/', 'anna.localhost'));
  await follow(page.getByRole('link', { name: /let your own browser check/ }));
  const before = await page.locator('#token + p code').textContent();
  await page.getByRole('button', { name: 'Add my own part' }).click();
  await page.getByText('Your own part is in', { exact: false }).first().waitFor();

  // Nine days on, the first key is public.
  for (let day = 0; day < 9; day += 1) {
    await page.goto(demo.url('/demo', 'localhost'));
    await page.locator('.demo').getByRole('button', { name: '+1 day' }).click();
  }
  // The service looks once a minute which keys are due.
  await eventually('the first public key, recomputed', async () => {
    await page.goto(mine);
    await eventually('the browser to be done', async () => (await status().getAttribute('data-verdict')) !== null, 30_000);
    return /Recomputed: same\. You were/.test(await page.locator('[data-draws]').textContent());
  }, 120_000);
  assert.match(await status().textContent(), /^Recomputed in your browser: same\./);
  assert.notEqual(await page.locator('#token + p code').textContent(), before, 'the token has her own part');
  const cells = page.locator('[data-draws] td[data-date]');
  const said = await cells.allTextContents();
  assert(said.some((text) => /Recomputed: same\. You were (not )?drawn\./.test(text)), said.join('\n'));
  assert(said.some((text) => /key of this date is not public yet/.test(text)), 'some keys are still secret');
  assert(said.some((text) => /not eligible/.test(text)), 'weekends are not eligible');
  const lines = await page.locator('[data-draws] .date').evaluateAll((all) => all.map((date) => date.getClientRects().length));
  assert(lines.length > 5 && lines.every((n) => n === 1), 'a date stands in one line');
  await pictures(page, '50-my-draws');

  // The download proves the same, and a changed one does not.
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download my draws' }).click()]);
  const file = path.join(folder, 'my-draws.json');
  await download.saveAs(file);
  const verdict = page.locator('[data-draws-file-says]');
  const check = async (name) => {
    await page.goto(mine);
    await page.locator('[data-draws-file]').setInputFiles(name);
    await eventually('a verdict', async () => (await verdict.getAttribute('data-verdict')) !== null);
    return verdict.textContent();
  };
  assert.match(await check(file), /^Recomputed in your browser: same\./);
  const record = JSON.parse(fs.readFileSync(file, 'utf8'));
  const isPublic = (date) => date.openness === 'public' && date.result && date.result !== 'ineligible';
  const changes = {
    'what came of a date': (r) => {
      const date = r.dates.find(isPublic);
      date.result = date.result === 'not_hit' ? 'hit' : 'not_hit';
    },
    'k of a row': (r) => {
      const { row } = r.dates.find(isPublic);
      row.leaf = row.leaf.replace(/"k":(\d+)/, (_, k) => `"k":${Number(k) + 1}`);
    },
    'a key': (r) => {
      const [key] = r.dates.find(isPublic).keys;
      key.key = key.key.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    },
    'the checkpoint': (r) => {
      r.checkpoint = r.checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`);
    },
    'the token': (r) => {
      r.bindings[0].opened.token.value = 'ab'.repeat(16);
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    const changed = structuredClone(record);
    change(changed);
    const name = path.join(folder, 'changed.json');
    fs.writeFileSync(name, JSON.stringify(changed));
    assert.match(await check(name), /not the same/i, `${what} was changed`);
  }
}
