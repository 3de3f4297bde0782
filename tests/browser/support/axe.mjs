// Faults of accessibility that axe-core finds by itself: contrast, names of controls, order of headings, landmarks.

import fs from 'node:fs';
import path from 'node:path';

const source = fs.readFileSync(path.join(process.env.MUSTER_NPM, 'node_modules/axe-core/axe.min.js'), 'utf8');
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * Serious and critical faults of the page as it is shown now, one line each.
 *
 * @param {string[]} [rules] only these rules of axe, e.g. `['color-contrast']`
 */
export async function faults(page, rules) {
  // Not a <script>: the page's Content-Security-Policy would refuse it.
  await page.evaluate(source);
  const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: STANDARDS };
  const found = await page.evaluate((only) => axe.run(document, { runOnly: only, resultTypes: ['violations'] }), runOnly);
  const grave = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${help}: ${html.slice(0, 160)} (${failureSummary.split('\n').slice(1).join(' ').trim()})`));
}
