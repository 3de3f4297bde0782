// Small comforts for forms; every form works without them.
//
// - the list of faults gets the focus when the page arrives with one
// - a form is sent once, however often its button is pressed
// - `data-copy="#id"`: a button that copies a text, shown only where copying works
// - `data-into="#id"`: the text of a chosen file goes into that field; the file itself is not sent

document.querySelector("[data-problems]")?.focus();
// On a phone the navigation scrolls sideways; where one is should be seen.
const here = document.querySelector(".nav [aria-current]");
if (here) here.closest(".nav").scrollLeft = here.offsetLeft - 24;

for (const form of document.querySelectorAll("form[method=post]:not([data-attest])")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // A slow answer must not lock the page for good.
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.querySelector(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.copied;
  });
}

for (const file of document.querySelectorAll("[data-into]")) {
  file.closest(".needs-script").hidden = false;
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (chosen) document.querySelector(file.dataset.into).value = await chosen.text();
  });
}
