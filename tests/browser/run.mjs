// Runs every *.story.mjs of this folder in order of name. A story exports `title`, an async `story(t)`, and
// `limitMs` where it may take longer than usual. `t.browsers` are its browsers, `t.at_end(close)` is called when it
// is over. A story fails by throwing, or by a complaint of one of its pages that it did not expect.
//
//   node run.mjs [part of a file name]

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browsers, OUTPUT, picture } from './support/browser.mjs';

const LIMIT_MS = 180_000;
const folder = import.meta.dirname;
const wanted = process.argv[2] ?? '';
const files = fs.readdirSync(folder).filter((file) => file.endsWith('.story.mjs')).sort();
const chosen = files.filter((file) => file.includes(wanted));
if (chosen.length === 0) {
  console.error(`no story matches \`${wanted}\`; there are: ${files.join(', ') || 'none'}`);
  process.exit(2);
}
fs.mkdirSync(OUTPUT, { recursive: true });

const failed = new Map();
const begun = performance.now();
for (const file of chosen) {
  const started = performance.now();
  const { title, story, limitMs = LIMIT_MS } = await import(pathToFileURL(path.join(folder, file)));
  const faults = await run(file, story, limitMs);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${faults.length ? 'FAIL' : 'pass'}  ${title} (${file}, ${seconds} s)`);
  for (const fault of faults) console.log(`      ${fault.replaceAll('\n', '\n      ')}`);
  if (faults.length) failed.set(file, faults);
}
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
const passed = chosen.length - failed.size;
console.log(`${passed} of ${chosen.length} browser stories passed in ${seconds} s`);
for (const [file, [first]] of failed) console.log(`failed: ${file}: ${first.split('\n').slice(0, 4).join('\n  ')}`);
process.exit(failed.size ? 1 : 0);

async function run(file, story, limitMs) {
  const browsers = new Browsers();
  const closing = [];
  const pages = [];
  const person = browsers.person.bind(browsers);
  browsers.person = async (who) => {
    const page = await person(who);
    pages.push([who.name, page]);
    return page;
  };
  const faults = [];
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`not over after ${limitMs / 1000} s`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  try {
    await Promise.race([story({ browsers, at_end: (close) => closing.push(close) }), late]);
  } catch (error) {
    faults.push(error.stack ?? String(error));
    for (const [name, page] of pages) {
      const shot = picture(page, `failed-${path.basename(file, '.story.mjs')}-${name}`);
      faults.push(await shot.then((at) => `picture: ${at}`, () => `no picture of ${name}`));
    }
  }
  clearTimeout(timer);
  faults.push(...browsers.complaints());
  for (const close of [...closing.reverse(), () => browsers.close()]) {
    await Promise.resolve().then(close).catch((error) => faults.push(`at the end: ${error.message}`));
  }
  return faults;
}
