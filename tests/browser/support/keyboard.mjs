// The keyboard as the only way through a page: from where the focus is, forward, as often as it takes.

import assert from 'node:assert/strict';

const STOPS_MAX = 80;
/** A date has a stop for day, month, year and calendar; a page in a frame has its own. */
const INSIDE_MAX = 6;
/** As long as the focus may take into a frame. */
const FRAME_MS = 2_000;

/** Presses one key. */
export const press = (page, key) => page.keyboard.press(key);

/** Runs in the page. */
const showsFocus = (element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
};

/** Presses Tab until the focus is on something that matches, which must then show that it has it. */
export async function tabTo(page, selector) {
  const isThere = () => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await press(page, 'Tab');
    if (!(await isThere())) continue;
    assert(await page.evaluate(`(${showsFocus})(document.activeElement)`), `${selector} does not show the focus`);
    return;
  }
  throw new Error(`${STOPS_MAX} times Tab, and the focus never came to ${selector}`);
}

/**
 * What is wrong for somebody without a mouse on a page that was just opened: Tab goes to everything that can be seen
 * and used, in the order of the page, once, is never held, and each shows that it has the focus.
 */
export async function keyboardFaults(page) {
  const wrong = [];
  await page.evaluate(`window.showsFocus = ${showsFocus}`);
  const expected = await page.evaluate(() => {
    const isSeen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
    const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [tabindex]');
    const usable = [...all].filter((e) => e.tabIndex >= 0 && !e.matches(':disabled, [type=hidden]') && isSeen(e));
    // One stop for a question: the chosen answer, or the first.
    const group = (e) => usable.filter((o) => o.type === 'radio' && o.name === e.name && o.form === e.form);
    window.stops = usable.filter((e) => e.type !== 'radio' || e === (group(e).find((o) => o.checked) ?? group(e)[0]));
    return window.stops.map((e) => e.outerHTML.slice(0, 100));
  });
  let [next, inside] = [0, 0];
  for (let stops = 0; next < expected.length; stops += 1) {
    if (stops > 2 * expected.length + STOPS_MAX) return [...wrong, `the focus never came to ${expected[next]}`];
    await press(page, 'Tab');
    // A page in a frame may be another process: the focus comes to it a moment after the key.
    if (expected[next].startsWith('<iframe')) {
      await page.waitForFunction((n) => document.activeElement === window.stops[n], next, { timeout: FRAME_MS }).catch(() => {});
    }
    const seen = await page.evaluate(() => {
      const e = document.activeElement;
      const box = [...e.getClientRects()].find((r) => r.width > 1 || r.height > 1);
      const [x, y] = box ? [(Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2, (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2] : [-1, -1];
      const top = document.elementFromPoint(x, y);
      return {
        stop: window.stops.indexOf(e), html: e.outerHTML.slice(0, 100),
        shows: window.showsFocus(e),
        // A thin line of a drawing is met beside its middle.
        isSeen: top !== null && (e instanceof SVGElement || e === top || e.contains(top) || top.contains(e)),
        scrolls: e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight,
      };
    });
    if (seen.stop === next - 1 && inside < INSIDE_MAX && /^<(input[^>]* type="(date|time)"|iframe)/.test(seen.html)) {
      inside += 1;
      continue;
    }
    inside = 0;
    // In a frame it is the page in it that shows where the focus is.
    if (!seen.shows && !seen.html.startsWith('<iframe')) wrong.push(`does not show the focus: ${seen.html}`);
    if (!seen.isSeen) wrong.push(`has the focus where nobody sees it: ${seen.html}`);
    // What scrolls is a stop of its own where nothing in it is one.
    if (seen.stop < 0 && seen.scrolls && !seen.html.startsWith('<body')) continue;
    if (seen.stop !== next) {
      wrong.push(`Tab goes to ${seen.html} and not to ${expected[next]}`);
      break;
    }
    next += 1;
  }
  return wrong;
}

/** The first stop leads past the navigation: Enter, and the focus is in the content. */
export async function skipLinkFaults(page) {
  await page.evaluate(() => document.querySelector('.skip').focus());
  await press(page, 'Enter');
  const at = await page.evaluate(() => document.activeElement.id);
  return at === 'content' ? [] : [`the skip link leads to "${at}"`];
}

/** Nothing is wider than the window: nobody has to scroll sideways. */
export async function fitsTheWindow(page) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert(wide <= window, `the page is ${wide} px wide in a window of ${window}`);
}
