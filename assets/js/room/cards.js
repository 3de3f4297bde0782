// The challenge card and notices, built as nodes: texts from the server are never read as markup.

import { t } from '../words.js';

function element(name, text, attributes = {}) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** Shows a challenge in its place on the page, with the alternative one tap away. */
export function showChallenge(place, { position, total, code, title, text, alternative }) {
  const card = element('article', undefined, { class: 'card challenge', 'data-position': position, 'data-code': code });
  card.append(element('p', t('{position} of {total}', { position, total }), { class: 'challenge-count' }), element('h2', title), element('p', text));
  if (alternative) {
    const other = element('details');
    other.append(element('summary', t('Another way to do this')), element('p', alternative));
    card.append(other);
  }
  place.setAttribute('aria-live', 'polite');
  place.replaceChildren(card);
}

/** Takes the card away, if it is still the one at this position. */
export function hideChallenge(place, position) {
  if (place.querySelector('[data-position]')?.dataset.position === String(position)) place.replaceChildren();
}

/** A choice of camera and microphone, hidden until asked for. */
export function devicePanel() {
  const panel = element('div', undefined, { class: 'room-devices', role: 'group', 'aria-label': t('Devices') });
  const row = (text, name) => {
    const label = element('label', `${text} `);
    const select = element('select', undefined, { [`data-${name}`]: '' });
    label.append(select);
    panel.append(label);
    return select;
  };
  panel.hidden = true;
  return { panel, cameras: row(t('Camera'), 'camera'), microphones: row(t('Microphone'), 'microphone') };
}

/** What to try when something does not work, hidden until asked for. */
export function helpPanel() {
  const panel = element('div', undefined, { class: 'room-help', role: 'group', 'aria-label': t('Help') });
  const list = element('ul');
  list.append(
    element('li', t('No picture of the other person: wait ten seconds, then reload this page. Your place is kept.')),
    element('li', t('You are not heard: look at the mute button, then choose another microphone under devices.')),
    element('li', t('Nothing works: open this check-in on another device or network. Every attempt is noted in your favour.')),
  );
  panel.append(list);
  panel.hidden = true;
  return panel;
}
