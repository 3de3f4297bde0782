// The verifier's form by keyboard alone: number keys answer, Enter goes on. Without this script it is an ordinary form.
//
//   <form data-verifier-form> <fieldset data-question> radios or ticks </fieldset> ... <button type=submit> </form>
//
// The question in work is the one with the focus, else the first without an answer. A task that is not shown yet cannot be
// answered; Enter shows it when it is its turn. Keys do nothing while somebody types.

const form = document.querySelector('form[data-verifier-form]');

const choicesOf = (question) => [...question.querySelectorAll('input[type=radio], input[type=checkbox]')].filter((input) => !input.disabled);
const isAnswered = (question) => choicesOf(question).some((input) => input.checked);
const isTyping = (element) => element?.matches?.('textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])') ?? false;

function setUp(form) {
  const questions = [...form.querySelectorAll('fieldset[data-question]')];
  const visible = () => questions.filter((question) => !question.hidden && !question.closest('fieldset[disabled], [data-card][hidden]'));
  const nextCard = () => form.querySelector('[data-card]:not([data-shown], [hidden])');
  const current = () => {
    const focused = document.activeElement?.closest('fieldset[data-question]');
    return visible().find((q) => q === focused) ?? visible().find((q) => !isAnswered(q));
  };

  for (const question of questions) {
    choicesOf(question).slice(0, 9).forEach((input, index) => {
      const label = input.labels?.[0];
      if (!label || label.querySelector('kbd')) return;
      const key = document.createElement('kbd');
      key.textContent = String(index + 1);
      key.setAttribute('aria-hidden', 'true');
      label.append(' ', key);
    });
  }

  function answer(number) {
    const input = current() && choicesOf(current())[number - 1];
    if (!input) return false;
    input.focus();
    input.click();
    return true;
  }

  /** Where Enter can go, in the order of the page: questions, and the card whose turn it is. */
  function stops() {
    const all = [...visible().filter((question) => choicesOf(question).length > 0), nextCard()].filter(Boolean);
    return all.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  }

  /** Enter goes to the next of them; after the last one to the button, where Enter sends. */
  function goOn() {
    const all = stops();
    const here = all.findIndex((stop) => stop.contains(document.activeElement));
    const next = here >= 0 ? all[here + 1] : all.find((stop) => stop === nextCard() || !isAnswered(stop));
    if (next?.matches('[data-card]')) next.open = true;
    const target = next?.matches('[data-card]')
      ? next.querySelector('summary')
      : next ? (choicesOf(next).find((input) => input.checked) ?? choicesOf(next)[0]) : form.querySelector('[type=submit], button:not([type])');
    target?.focus();
    target?.scrollIntoView?.({ block: 'nearest' });
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (/^[1-9]$/.test(event.key) && answer(Number(event.key))) return event.preventDefault();
    const onControl = event.target.closest?.('button, a, summary, dialog');
    if (event.key !== 'Enter' || onControl) return;
    event.preventDefault(); // Enter in a radio would send the form half filled.
    goOn();
  });
}

if (form) setUp(form);
