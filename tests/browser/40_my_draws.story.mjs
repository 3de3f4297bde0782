// An employee's own browser recomputes what was drawn, says so in plain words, and does not take a
// changed record for the true one.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DESKTOP, pictures } from './support/browser.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';

export const title = 'an employee recomputes the draws in the browser';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '11'] }));
  at_end(() => demo.close());
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'muster-draws-'));
  at_end(() => fs.rmSync(folder, { recursive: true, force: true }));
  const page = await browsers.person({ name: 'anna', camera: null, viewport: DESKTOP, acceptDownloads: true });
  const mine = demo.url('/me/draws', 'anna.localhost');
  const status = () => page.locator('[data-draws-status]');

  // Her own part of the token, made by this browser.
  await page.goto(demo.url('/', 'anna.localhost'));
  await page.getByRole('link', { name: /let your own browser check/ }).click();
  const before = await page.locator('#token + p code').textContent();
  await page.getByRole('button', { name: 'Add my own part' }).click();
  await page.getByText('Your own part is in', { exact: false }).first().waitFor();

  // Twelve days on, the first keys are public.
  for (let day = 0; day < 12; day += 1) {
    await page.goto(demo.url('/demo', 'localhost'));
    await page.locator('.demo').getByRole('button', { name: '+1 day' }).click();
  }
  await page.goto(mine);
  await eventually('the browser to have recomputed', async () => (await status().getAttribute('data-verdict')) !== null, 30_000);
  assert.match(await status().textContent(), /^Recomputed in your browser: same\./);
  assert.notEqual(await page.locator('#token + p code').textContent(), before, 'the token has her own part');
  const cells = page.locator('[data-draws] td[data-date]');
  const said = await cells.allTextContents();
  assert(said.some((text) => /Recomputed: same\. You were (not )?drawn\./.test(text)), said.join('\n'));
  assert(said.some((text) => /key of this date is not public yet/.test(text)), 'some keys are still secret');
  assert(said.some((text) => /not eligible/.test(text)), 'weekends are not eligible');
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
