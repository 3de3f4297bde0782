// The page "My draws": fetches the record, checks it here, and writes one sentence beside each date.
// A file chosen below is checked in the same way. Also makes the employee's part of the token.

import { hex } from "./bytes.js";
import { check } from "./check.js";
import { t } from "../words.js";

const status = document.querySelector("[data-draws-status]");
const table = document.querySelector("[data-draws]");

function tell({ signed, dates }, where) {
  const wrong = dates.filter((d) => d.verdict === "not-same");
  const same = dates.filter((d) => d.verdict === "same");
  const seal =
    signed === null
      ? t("This browser cannot check the log's signature; all else was checked.")
      : t("The log's signature is right.");
  where.textContent = wrong.length
    ? t("Recomputed in your browser: not the same for {wrong} of {all} dates. Keep the download and ask for an explanation.", { wrong: wrong.length, all: dates.length })
    : (same.length === 1
      ? t("Recomputed in your browser: same. 1 date checked. {seal}", { seal })
      : t("Recomputed in your browser: same. {n} dates checked. {seal}", { n: same.length, seal }));
  where.dataset.verdict = wrong.length ? "not-same" : "same";
}

async function checkPage() {
  try {
    const answer = await fetch(table.dataset.draws, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`the record could not be fetched (${answer.status})`);
    const result = await check(await answer.json());
    for (const { label, horizon, verdict, says } of result.dates) {
      const cell = table.querySelector(`[data-date="${label} ${horizon}"]`);
      if (!cell) continue;
      cell.textContent = says;
      cell.dataset.verdict = verdict;
    }
    tell(result, status);
  } catch (error) {
    status.textContent = t("Your browser could not finish: {why}.", { why: error.message });
    status.dataset.verdict = "not-same";
  }
}

if (status && table) checkPage();

const file = document.querySelector("[data-draws-file]");
if (file) {
  file.closest(".needs-script").hidden = false;
  const said = document.querySelector("[data-draws-file-says]");
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      tell(await check(JSON.parse(await chosen.text())), said);
    } catch (error) {
      said.textContent = t("Not the same: {why}.", { why: error.message });
      said.dataset.verdict = "not-same";
    }
  });
}

const nonce = document.querySelector("[data-own-nonce]");
if (nonce) {
  nonce.value = hex(crypto.getRandomValues(new Uint8Array(32)));
  nonce.form.hidden = false;
}
