// What a page looks like, judged without a person: that all of it can be read at every size, and that nothing moves
// under the reader while it arrives. Each look gives what is wrong, one line each.

/** Runs `look` with the window of `width` CSS pixels. */
export async function atWidth(page, width, look) {
  await page.setViewportSize({ width, height: 800 });
  return look();
}

/** Runs `look` with text of twice the size, as somebody has set it in the browser (WCAG 1.4.4). */
export async function withTextTwiceAsLarge(page, look) {
  const browser = await page.context().newCDPSession(page);
  const sizes = (standard, fixed) => browser.send('Page.setFontSizes', { fontSizes: { standard, fixed } });
  await sizes(32, 26);
  try {
    return await look();
  } finally {
    await sizes(16, 13);
    await browser.detach();
  }
}

/** Nothing reaches beyond the window, no text is cut off or broken, runs out of its box or lies upon other text. */
export function layoutFaults(page) {
  return page.evaluate(() => {
    const faults = [];
    const short = (text) => text.trim().replace(/\s+/g, ' ').slice(0, 90);
    const room = document.documentElement.clientWidth;
    const wide = document.scrollingElement.scrollWidth - room;
    if (wide > 1) {
      const beyond = [...document.querySelectorAll('body *')].find((e) => e.getBoundingClientRect().right > room + 1);
      faults.push(`${wide} px wider than the window: ${beyond?.outerHTML.slice(0, 120)}`);
    }

    for (const e of document.querySelectorAll('main *')) {
      const isScroller = /auto|scroll/.test(getComputedStyle(e).overflowX);
      if (isScroller && e.scrollWidth > e.clientWidth + 1) faults.push(`has to be scrolled sideways by ${e.scrollWidth - e.clientWidth} px: ${short(e.outerHTML)}`);
    }

    // Each visible piece of text, by lines, and the boxes that it lies in.
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const pieces = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (parent.closest('script, style, noscript, option, .skip')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()].filter((r) => r.width > 1 && r.height > 1);
      const boxes = [];
      for (let e = parent; e !== document.body; e = e.parentElement) {
        const style = getComputedStyle(e);
        boxes.push({ e, style, isBlock: style.display !== 'inline' });
        // What scrolls hides nothing for good.
        if (/auto|scroll/.test(style.overflowX + style.overflowY)) break;
      }
      const isForScreenReaders = boxes.some(({ style }) => style.clipPath !== 'none');
      if (lines.length > 0 && !isForScreenReaders) pieces.push({ text: short(node.data), parent, lines, boxes });
    }
    for (const { text, lines, boxes } of pieces) {
      if (/^\w{2,16}$/.test(text) && lines.length > 1) faults.push(`"${text}" is broken over ${lines.length} lines`);
      const frame = boxes.find(({ style, isBlock }) => isBlock && style.borderLeftStyle !== 'none' && style.borderRightStyle !== 'none');
      for (const box of boxes) {
        const hides = box.isBlock && /hidden|clip/.test(box.style.overflowX);
        if (!hides && box !== frame) continue;
        const room = box.e.getBoundingClientRect();
        const out = lines.find((r) => r.left < room.left - 1 || r.right > room.right + 1 || r.top < room.top - r.height * 0.3 || r.bottom > room.bottom + r.height * 0.3);
        if (out) faults.push(`"${text}" ${hides ? 'is cut off' : 'runs out of its box'}: ${short(box.e.outerHTML)}`);
      }
    }
    const all = pieces.flatMap(({ text, parent, lines, boxes }) => lines.map((rect) => ({ text, parent, rect })));
    all.sort((a, b) => a.rect.top - b.rect.top);
    for (const [n, one] of all.entries()) {
      for (const other of all.slice(n + 1)) {
        if (other.rect.top >= one.rect.bottom) break;
        if (other.parent === one.parent) continue;
        const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
        const down = Math.min(one.rect.bottom, other.rect.bottom) - other.rect.top;
        // Lines that are set close touch a little.
        if (across > 2 && down > Math.min(one.rect.height, other.rect.height) * 0.4) faults.push(`"${one.text}" and "${other.text}" lie upon each other`);
      }
    }
    return [...new Set(faults)].slice(0, 8);
  });
}

/** What may come later is news: pages that watch something ask every few seconds. */
const ARRIVING_MS = 3_000;
/** A tenth of what counts as good. A page that arrives in two pieces may draw the first one alone. */
const SHIFT_MAX = 0.01;

/** What moved by itself while the page arrived, if it comes to more than nobody would notice. */
export function shifts(page) {
  return page.evaluate(async ([arrivingMs, shiftMax]) => {
    const moves = [];
    const observer = new PerformanceObserver((list) => moves.push(...list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    // Scripts have run when the page is loaded; what they change is drawn within the next frames.
    for (let frames = 0; frames < 6; frames += 1) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve, 50));
    observer.disconnect();
    const own = moves.filter(({ hadRecentInput, startTime }) => !hadRecentInput && startTime < arrivingMs);
    if (own.reduce((sum, { value }) => sum + value, 0) < shiftMax) return [];
    return own.map(({ value, sources }) =>
      `moves by ${value.toFixed(4)}: ${sources.map(({ node }) => (node?.outerHTML ?? node?.nodeName ?? 'something').slice(0, 80)).join(' | ')}`);
  }, [ARRIVING_MS, SHIFT_MAX]);
}

/** What moves on every arrival. A page may by chance come in pieces and draw the first alone: that is not seen twice. */
export async function arrivalFaults(page) {
  if ((await shifts(page)).length === 0) return [];
  await page.reload();
  return shifts(page);
}
