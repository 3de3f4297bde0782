// What scripts say, in the language of the page. English is written where it is said and is the key.

const language = globalThis.document?.documentElement.lang.slice(0, 2) ?? 'en';
const words = language === 'en' ? {} : (await import(`/assets/words/${language}.js`)).default;

/** `t('Sign out')`, or with gaps that are filled by name: `t('Connected to {other}.', { other })`. */
export function t(english, gaps = {}) {
  return (words[english] ?? english).replace(/\{(\w+)\}/g, (gap, name) => gaps[name] ?? gap);
}
