// Browsers for stories: each person has a process of their own, because Chromium's fake camera is
// one for the whole process. What goes wrong on a page is kept and fails the story at its end.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { writeCamera } from './colour.mjs';

const packages = process.env.MUSTER_NPM;
if (!packages) throw new Error('MUSTER_NPM does not name the folder of the npm packages: run ./test');
const { chromium } = createRequire(path.join(packages, 'package.json'))('playwright-core');

/** Where pictures for people to look at go. */
export const OUTPUT = path.resolve(import.meta.dirname, '../../../test-output');

/** Viewports of the look (pixels). */
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

/** The browser processes of one story. */
export class Browsers {
  #open = [];
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'muster-browser-'));
  #complaints = [];
  #expected = [];

  /**
   * A person's own browser with one page.
   *
   * @param {object} who
   * @param {string} who.name names pictures and complaints
   * @param {'red'|'blue'|'green'|null} who.camera colour of the fake camera; null: no camera at all
   * @param {string[]} who.permissions what the person has allowed; leave one out to deny it
   * @param {{latitude: number, longitude: number, accuracy?: number}} [who.position]
   * @param {string} [who.zone] IANA time zone of the browser
   * @param {{width: number, height: number}} [who.viewport]
   * @param {string[]} [who.args] further arguments of Chromium
   */
  async person({
    name,
    camera = 'green',
    permissions = ['camera', 'microphone', 'geolocation'],
    position,
    zone = 'Europe/Berlin',
    viewport = DESKTOP,
    args: more = [],
    ...context
  }) {
    // Without the first no candidate on `lo`; a namespace has no multicast DNS to hide addresses by.
    const args = ['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns', ...more];
    if (camera) {
      const file = writeCamera(path.join(this.#folder, `${name}.y4m`), camera);
      args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`);
    }
    const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args });
    this.#open.push(browser);
    const options = { permissions, geolocation: position, timezoneId: zone, viewport, ...context };
    const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
    goThroughReloads(page);
    await this.#watch(name, page);
    return page;
  }

  /** Says that a complaint matching `pattern` belongs to the story (a refused camera, a 403). */
  expectComplaint(pattern) {
    this.#expected.push({ pattern, met: false });
  }

  /** Everything that went wrong on any page and that nobody expected. */
  complaints() {
    const unexpected = this.#complaints.filter((text) => {
      const known = this.#expected.filter(({ pattern }) => pattern.test(text));
      known.forEach((expected) => (expected.met = true));
      return known.length === 0;
    });
    const unmet = this.#expected.filter(({ met }) => !met);
    return [...unexpected, ...unmet.map(({ pattern }) => `expected, but not seen: ${pattern}`)];
  }

  /** Ends every browser process. */
  async close() {
    await Promise.all(this.#open.map((browser) => browser.close()));
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  async #watch(name, page) {
    const complain = (text) => this.#complaints.push(`${name}: ${text}`);
    page.on('pageerror', (error) => complain(`script error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complain(`console: ${message.text()}`);
    });
    page.on('crash', () => complain('the page crashed'));
    await page.exposeFunction('__musterTestViolation', complain);
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const where = `${event.effectiveDirective} blocked ${event.blockedURI}`;
        window.__musterTestViolation(`content security policy: ${where}`);
      });
    });
  }
}

/** A picture of the whole page under test-output/, named for people; gives its path. */
export async function picture(page, name) {
  const file = path.join(OUTPUT, `${name}.png`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file, fullPage: true, animations: 'disabled' });
  return file;
}

/** The same page at phone and desktop width. */
export async function pictures(page, name) {
  const before = page.viewportSize();
  for (const [suffix, size] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    await page.setViewportSize(size);
    await picture(page, `${name}-${suffix}`);
  }
  await page.setViewportSize(before);
}

/**
 * Presses what leads to another page and waits until that page is there; gives its answer. A refused form comes back
 * with the same fields: what a story read or typed too early would be in the page that is about to go.
 */
export async function follow(locator) {
  const [answer] = await Promise.all([locator.page().waitForNavigation(), locator.click()]);
  return answer;
}

/**
 * A page that shows what is going on loads itself anew when something changes. If that happens just
 * when somebody types another address, the browser keeps one of the two, as it likes; a person types
 * it again, and so does `goto`.
 */
function goThroughReloads(page) {
  const goto = page.goto.bind(page);
  page.goto = async (...asked) => {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await goto(...asked);
        const isThere = new URL(page.url()).host === new URL(asked[0]).host;
        if (isThere || tries === 3) return answer;
      } catch (error) {
        if (tries === 3 || !error.message.includes('interrupted by another navigation')) throw error;
      }
    }
  };
}
