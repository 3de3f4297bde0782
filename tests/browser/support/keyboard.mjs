// The keyboard as the only way through a page: from where the focus is, forward, as often as it takes.

import assert from 'node:assert/strict';

const STOPS_MAX = 80;

/** Presses one key. */
export const press = (page, key) => page.keyboard.press(key);

/** Presses Tab until the focus is on something that matches, which must then show that it has it. */
export async function tabTo(page, selector) {
  const isThere = () => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await press(page, 'Tab');
    if (!(await isThere())) continue;
    const shows = await page.evaluate(() => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    });
    assert(shows, `${selector} does not show the focus`);
    return;
  }
  throw new Error(`${STOPS_MAX} times Tab, and the focus never came to ${selector}`);
}

/** Nothing is wider than the window: nobody has to scroll sideways. */
export async function fitsTheWindow(page) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert(wide <= window, `the page is ${wide} px wide in a window of ${window}`);
}
