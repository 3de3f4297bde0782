// What people and machines do wrong, on real forms: a button pressed twice, the way back, two tabs, a session that
// ends in the middle of a text, a mail scanner that opens and posts every link, a stranger with somebody's link.

import assert from 'node:assert/strict';
import http from 'node:http';
import { DESKTOP, follow, picture } from './support/browser.mjs';
import { invite } from './support/meeting.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';
import { missedByMaria } from './support/walk.mjs';

export const title = 'wrong actions are refused in words and lose no text';

const NOBODY = '00000000-0000-4000-8000-000000000000';

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '9', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const visitor = await browsers.person({ name: 'visitor', camera: null, viewport: DESKTOP });
  const plain = await browsers.person({ name: 'plain', camera: null, viewport: DESKTOP, javaScriptEnabled: false });
  // What is refused is answered with 403 or 409, which Chromium notes in its console.
  browsers.expectComplaint(/status of 403/);
  browsers.expectComplaint(/status of 409/);
  await missedByMaria(demo, visitor);
  const id = await invite(demo, at, visitor);
  await pressedTwice(demo, at, visitor, plain, id);
  await wentBack(demo, at, visitor, id);
  await twoTabs(at, visitor);
  await sessionEnded(demo, at, visitor, plain, id);
  await scanned(demo, at, visitor, id);
  await strangers(demo, id);
}

const said = (page) => page.locator('main').textContent();

/** Opens what is folded around a form and gives the form. */
async function unfolded(page, action) {
  const form = page.locator(`form[action$="${action}"]`);
  await form.waitFor({ state: 'attached' });
  const fold = form.locator('xpath=ancestor::details[1]');
  if ((await fold.count()) && !(await fold.evaluate((d) => d.open))) await fold.locator('> summary').click();
  return form;
}

/** From now on, what `page` posts to an address that ends so arrives twice, as after a double click or a lost answer. */
async function doubled(demo, page, action) {
  const arrived = [];
  await page.route((url) => url.pathname.endsWith(action), async (route) => {
    const posted = route.request();
    if (posted.method() === 'POST') {
      await request(demo, 'POST', posted.url(), await posted.allHeaders(), posted.postData());
      arrived.push(action);
    }
    await route.continue();
  });
  return arrived;
}

/** Where scripts run, a form is sent once, however often its button is pressed; where it arrives twice, it is done once. */
async function pressedTwice(demo, at, visitor, plain, id) {
  const told = async (page, who, list, first, text) => {
    await page.goto(at(who, list));
    await follow(page.locator(`main a[href^="${first}"]`).first());
    const form = await unfolded(page, '/comment');
    await form.locator('textarea').fill(text);
    await form.getByRole('button').dblclick();
    await page.getByText(text).first().waitFor();
    await page.goto(page.url());
    assert.equal(await page.locator('.story blockquote', { hasText: text }).count(), 1, `${who}: "${text}" stands once`);
  };
  let sent = 0;
  visitor.on('request', (one) => { sent += one.method() === 'POST' && one.url().endsWith('/comment'); });
  await told(visitor, 'manager', '/cases', '/cases/', 'She called back at noon.');
  assert.equal(sent, 1, 'sent once');
  await doubled(demo, plain, '/comment');
  await told(plain, 'manager', '/cases', '/cases/', 'Her street has no power.');
  await told(plain, 'security', '/links', '/links/1', 'The three share a flat.');

  // Mails leave by themselves, a moment later.
  const letters = async () => {
    let [count, before, same] = [0, -1, 0];
    await eventually('the mails to have left', async () => {
      await plain.goto(demo.url('/demo/mailbox', 'localhost'));
      [before, count] = [count, await plain.locator('main li').count()];
      same = count === before ? same + 1 : 0;
      return same >= 3;
    });
    return count;
  };
  const send = async (path, words) => {
    await plain.goto(at('anna', `/check-ins/${id}/${path}`));
    const form = plain.locator(`form[action$="/${path}"]`);
    await form.getByRole('radio').first().check();
    await form.locator('textarea').fill(words);
    await follow(form.getByRole('button'));
  };
  for (const [path, words] of [['report', 'The sender was odd.'], ['another-time', 'A train at noon.']]) {
    await send(path, words);
    const once = await letters();
    const arrived = await doubled(demo, plain, `/${path}`);
    await send(path, words);
    assert.equal(await letters(), once, `${path}: nobody hears it again`);
    assert.equal(arrived.length, 1);
  }
}

/** The way back leads to a form again; what was done is not done again, and the way goes on. */
async function wentBack(demo, at, page, id) {
  await page.goto(at('anna', `/check-ins/${id}/read`));
  await page.getByRole('button', { name: 'I have read this' }).click();
  await page.waitForURL(/\/devices$/);
  await page.goBack();
  const again = page.getByRole('button', { name: /I have read this|Go on/ });
  if (await again.count()) await again.click();
  else await page.getByRole('link', { name: /Go on|Camera/ }).first().click();
  await page.waitForURL(/\/devices$/);

  await page.goto(at('manager', '/cases'));
  await follow(page.locator('main a[href^="/cases/"]').first());
  await page.getByRole('button', { name: 'I have this' }).click();
  await page.getByText('You have this case now.').waitFor();
  await page.goBack();
  const have = page.getByRole('button', { name: 'I have this' });
  if (await have.count()) await have.click();
  await page.goto(page.url());
  assert.equal(await page.locator('.story li', { hasText: 'took it on' }).count(), 1);
}

/** Whoever comes second hears what happened meanwhile, and what they wrote is there to be copied. */
async function twoTabs(at, page) {
  await page.goto(at('hr', '/cases'));
  await follow(page.locator('main a[href^="/cases/"]').first());
  await follow(page.getByRole('button', { name: 'Open the evidence' }));
  const second = await page.context().newPage();
  await second.goto(page.url());
  const close = async (tab, reason) => {
    const form = await unfolded(tab, '/resolve');
    await form.locator('input[type=radio]').first().check();
    await form.locator('textarea').fill(reason);
    await form.getByRole('button', { name: 'Close the case' }).click();
  };
  await close(page, 'HR spoke with her by phone; she was at the hospital.');
  await page.getByText('The case is closed.').first().waitFor();
  await close(second, 'Her manager has written that the power was out.');
  await second.getByText(/closed (this case )?already/).waitFor();
  assert.match(await said(second), /Her manager has written that the power was out\./);
  await picture(second, '62-two-tabs');
  const [now] = await Promise.all([second.waitForEvent('popup'), second.getByRole('link', { name: 'See how it stands now' }).click()]);
  await now.getByText('HR spoke with her by phone').first().waitFor();
  await Promise.all([now.close(), second.close()]);

  await page.goto(at('hr', '/roster'));
  const person = page.locator('main a[href^="/people/"]').first();
  const edit = `${new URL(await person.getAttribute('href'), page.url()).href}/edit`;
  const other = await page.context().newPage();
  await Promise.all([page.goto(edit), other.goto(edit)]);
  await page.locator('#team').fill('Optics');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/people\/[^/]+$/);
  await other.locator('#team').fill('Lenses');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.getByText('differs now from what you typed').waitFor();
  assert.equal(await other.locator('#team').inputValue(), 'Lenses', 'what was typed stands in its field');
  await picture(other, '62-two-tabs-person');
  await other.close();
}

/** Signed out in another tab, or not used for hours: the text is shown, and the way leads back to its form. */
async function sessionEnded(demo, at, page, plain, id) {
  const form = at('anna', `/check-ins/${id}/another-time`);
  const ask = async (tab, words) => {
    await tab.goto(form);
    await tab.getByRole('radio').first().check();
    await tab.locator('textarea').fill(words);
  };
  const send = (tab) => tab.locator('form', { has: tab.locator('textarea') }).getByRole('button').click();

  await ask(page, 'My daughter has to be fetched at two.');
  const other = await page.context().newPage();
  await other.goto(at('anna', '/about'));
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.getByText('You are signed out').waitFor();
  await other.goto(at('anna', '/'));
  await send(page);
  await page.getByText('older than your sign-in').waitFor();
  assert.match(await said(page), /My daughter has to be fetched at two\./);
  await picture(page, '62-signed-out-meanwhile');
  const [again] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Open the page again' }).click()]);
  await again.waitForURL(form);
  await again.close();

  // In a browser without scripts: the demo's page asks for the time and is signed in by that.
  await plain.unrouteAll();
  await ask(plain, 'The plumber comes then.');
  await other.goto(demo.url('/demo', 'localhost'));
  await other.locator('.demo').getByRole('button', { name: '+1 day' }).click();
  await other.waitForURL(/\/demo$/);
  await send(plain);
  await plain.getByText('signed out meanwhile').waitFor();
  assert.match(await said(plain), /The plumber comes then\./);
  await picture(plain, '62-session-ended');
  const [back] = await Promise.all([plain.waitForEvent('popup'), plain.getByRole('link', { name: 'Sign in again' }).click()]);
  await back.waitForURL(form);
  await Promise.all([back.close(), other.close()]);
}

/** One request of a program without cookies: status and text. */
function request(demo, method, url, headers = {}, body = '') {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port: demo.port, method, path: pathname + search, headers: { host, ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => resolve({ status: answer.statusCode, text }));
    });
    sent.on('error', reject).end(body);
  });
}

/** A scanner opens every link of every mail in every way, and everything stands as before. */
async function scanned(demo, at, page, id) {
  const shown = [['anna', '/'], ['anna', `/check-ins/${id}/read`], ['anna', '/me/private-blocks'], ['manager', '/cases'], ['hr', '/programme'], ['security', '/external-findings']];
  const stands = async () => {
    const all = [];
    for (const [who, path] of shown) {
      await page.goto(at(who, path));
      all.push(`${page.url()}\n${(await page.locator('main').innerText()).replace(/\b\d+ min\b|\b\d+:\d\d\b/g, '…')}`);
    }
    await page.goto(demo.url('/demo/mailbox', 'localhost'));
    all.push(`${await page.locator('main li').count()} mails`);
    return all;
  };
  await page.goto(demo.url('/demo/mailbox', 'localhost'));
  const mails = await page.locator('main a[href^="/demo/mailbox/"]').evaluateAll((all) => all.map((a) => a.href));
  const links = new Set();
  for (const mail of mails) {
    const letter = await request(demo, 'GET', `${mail}/html`);
    for (const [, href] of letter.text.matchAll(/href="(http[^"]+)"/g)) links.add(href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'));
  }
  assert(links.size >= 4, `${links.size} links in ${mails.length} mails`);
  const before = await stands();
  for (const link of links) {
    for (const [method, headers] of [['HEAD', {}], ['GET', {}], ['GET', { purpose: 'prefetch', 'sec-purpose': 'prefetch' }], ['OPTIONS', {}], ['POST', { 'content-type': 'application/x-www-form-urlencoded' }]]) {
      const { status } = await request(demo, method, link, headers);
      assert(status < 500, `${method} ${link}: ${status}`);
    }
  }
  assert.deepEqual(await stands(), before);
}

/** Whoever else has the link of a check-in hears the same as of one that never was. */
async function strangers(demo, id) {
  const paths = ['', '/read', '/devices', '/place', '/wait', '/talk', '/done', '/receipt', '/standing', '/still', '/report', '/another-time', '/decline'];
  for (const who of ['localhost', 'maria.localhost', 'manager.localhost', 'hr.localhost', 'security.localhost']) {
    for (const path of paths) {
      const ask = async (check_in) => {
        const { status, text } = await request(demo, 'GET', demo.url(`/check-ins/${check_in}${path}`, who));
        const plain = text.replaceAll(check_in, 'ID').replace(/value="[^"]*"|data-now-ms="\d+"|<time[^]*?<\/time>|<aside class="demo"[^]*?<\/aside>/g, '');
        return { status, plain };
      };
      const [real, none] = [await ask(id), await ask(NOBODY)];
      assert.deepEqual(real, none);
      assert(real.status !== 200, `${who} ${path}`);
      assert.doesNotMatch(real.plain, /Anna|Castanheda/, `${who} ${path}`);
    }
  }
}
