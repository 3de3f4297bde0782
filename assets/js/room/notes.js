// Puts a sentence to begin with into the notes, at the cursor, and marks the first `…` to be filled in.
//
//   <section data-notes> <textarea> … <button type="button" data-opening>sentence</button>

const GAP = '…';

for (const section of document.querySelectorAll('[data-notes]')) {
  const area = section.querySelector('textarea');
  section.addEventListener('click', (event) => {
    const opening = event.target.closest('[data-opening]')?.textContent.trim();
    if (!opening) return;
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    const space = before && !/\s$/.test(before) ? ' ' : '';
    if (before.length + space.length + opening.length + after.length > area.maxLength) return;
    area.value = before + space + opening + after;
    const from = before.length + space.length;
    const gap = opening.indexOf(GAP);
    area.focus();
    area.setSelectionRange(gap < 0 ? from + opening.length : from + gap, from + (gap < 0 ? opening.length : gap + GAP.length));
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
