// The looks at a page themselves: each sees the fault it is for, and nothing on a page without one.

import assert from 'node:assert/strict';
import { DESKTOP } from './support/browser.mjs';
import { keyboardFaults, skipLinkFaults } from './support/keyboard.mjs';
import { atWidth, layoutFaults, shifts, withTextTwiceAsLarge } from './support/looks.mjs';

export const title = 'a look at a page sees what is wrong with it';

const PAGE = (content) => `<!doctype html><html lang="en"><title>Look</title><style>
.skip { position: absolute; top: -80px; } .skip:focus { top: 0; } .sr { position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%); }
</style><body><a class="skip" href="#content">Skip</a><main id="content" tabindex="-1"><h1>Look</h1>${content}</main></body></html>`;

const PLAIN = `<p>Some text with <a href="#a">a link</a>, <span class="sr">more for a screen reader,</span> and <b>bold</b>.</p>
<form><label>Name <input name="name"></label><input type="hidden" name="h">
<label><input type="radio" name="r"> one</label><label><input type="radio" name="r" checked> two</label>
<label>Day <input type="date" name="day"></label><button disabled>Not yet</button><button>Send</button></form>
<details><summary>More</summary><a href="#b">Folded away</a></details>`;

export async function story({ browsers }) {
  const page = await browsers.person({ name: 'looker', camera: null, viewport: DESKTOP });
  const sees = async (content, look, expected) => {
    await page.goto('about:blank');
    await page.setContent(PAGE(content));
    const faults = (await look(page)).join('\n');
    if (expected) assert.match(faults, expected, content);
    else assert.equal(faults, '', content);
  };
  for (const look of [layoutFaults, shifts, keyboardFaults, skipLinkFaults]) await sees(PLAIN, look, null);

  await sees('<p style="width: 1500px">Wide</p>', layoutFaults, /wider than the window: <p/);
  await sees('<div style="overflow: auto; width: 200px"><p style="width: 300px">Wide</p></div>', layoutFaults, /scrolled sideways by 100 px/);
  await sees('<p style="width: 40px; white-space: nowrap; overflow: hidden">Much too long</p>', layoutFaults, /"Much too long" is cut off/);
  await sees('<p style="width: 40px; white-space: nowrap; border: 1px solid">Much too long</p>', layoutFaults, /"Much too long" runs out of its box/);
  await sees('<p style="width: 40px; overflow-wrap: anywhere">Microphone</p>', layoutFaults, /"Microphone" is broken over \d lines/);
  await sees('<p>Above</p><p style="margin-top: -2em">Below</p>', layoutFaults, /"Above" and "Below" lie upon each other/);

  const narrow = '<div style="max-width: 800px; height: 26px; overflow: hidden"><p style="font-size: 1rem; margin: 0">Eight hundred pixels are enough for this, and at twice the size they are not any more.</p></div>';
  await sees(narrow, layoutFaults, null);
  await sees(narrow, () => withTextTwiceAsLarge(page, () => layoutFaults(page)), /is cut off/);
  await sees(narrow, () => atWidth(page, 360, () => layoutFaults(page)), /is cut off/);
  await page.setViewportSize(DESKTOP);

  const late = `<p id="late"></p><p>Pushed</p><script>requestAnimationFrame(() => requestAnimationFrame(() => { document.getElementById('late').style.height = '300px'; }))</script>`;
  await sees(late, shifts, /moves by 0\.\d+/);

  await sees('<a href="#a">First</a> <a href="#b" tabindex="1">Second</a>', keyboardFaults, /Tab goes to .*Second/);
  await sees('<a href="#a" style="outline: none">Link</a>', keyboardFaults, /does not show the focus: .*Link/);
  await sees('<a href="#a" style="position: absolute; left: -900px">Link</a>', keyboardFaults, /where nobody sees it: .*Link/);
  await sees('<div style="position: relative"><a href="#a">Link</a><div style="position: absolute; inset: 0; background: #fff"></div></div>', keyboardFaults, /where nobody sees it: .*Link/);
  await sees('<input id="trap"><button>Send</button><script>document.getElementById("trap").addEventListener("keydown", (event) => event.preventDefault())</script>', keyboardFaults, /Tab goes to .*trap.* and not to .*Send/);
  await sees('<a href="#a">Link</a>', async () => {
    await page.locator('main').evaluate((main) => main.removeAttribute('tabindex') ?? main.removeAttribute('id'));
    return skipLinkFaults(page);
  }, /skip link leads to/);
}
