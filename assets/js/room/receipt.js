// Notes an attempt with the server at once, so that a person who could not go on holds a receipt for having tried.

import { serverNowMs } from './server-time.js';
import { t } from '../words.js';

/**
 * Sends {step, error, at_ms} to the page's receipt address; `at_ms` is the browser's claim, the server keeps its own time.
 * Resolves to a sentence for the person, or '' where the page has no such address.
 */
export async function noteAttempt(address, { step, error }) {
  if (!address) return '';
  const time = new Intl.DateTimeFormat(document.documentElement.lang || 'en', { hour: '2-digit', minute: '2-digit' }).format(new Date(serverNowMs()));
  try {
    const answer = await fetch(address, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ step, error, at_ms: Math.round(serverNowMs()) }),
      keepalive: true,
    });
    if (answer.ok) return t('Your attempt at {time} has been noted.', { time });
  } catch {
    // Told below.
  }
  return t('Your attempt at {time} could not be noted because the server did not answer. A screenshot of this page helps.', { time });
}
