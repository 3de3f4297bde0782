// Checks a whole download (`muster/my-draws/v1`): every date by itself, each answer in plain words.
// The same code can be given a file by anybody.

import { canonical, hex, hmac, same, sha256, unhex } from "./bytes.js";
import { boundaryKey, chainKey, isHit } from "./draw.js";
import { checkpoint, isInLog, leafHash, rootOfProof } from "./tree.js";
import { t } from "../words.js";

const DRAWN = ["hit", "shielded", "uncovered"];
const facts = (proved) => JSON.parse(proved.leaf).facts;
const must = (holds, sentence) => {
  if (!holds) throw new Error(sentence);
};

/** @returns {Promise<{signed: boolean|null, dates: {label: string, verdict: string, says: string}[]}>} */
export async function check(record) {
  must(record.format === "muster/my-draws/v1", t("not a record of draws"));
  const log = await checkpoint(record.checkpoint, record.origin, record.log_key);
  const anchors = new Map();
  for (const anchor of record.anchors) {
    must(await isInLog(anchor, log), t("an anchor is not in the log"));
    anchors.set(facts(anchor).chain, facts(anchor));
  }
  const tokens = new Set();
  for (const binding of record.bindings) tokens.add(await bound(binding, record.subject, log));
  const dates = [];
  for (const date of record.dates) dates.push(await checkDate(date, { record, log, anchors, tokens }));
  return { signed: log.signed, dates };
}

/** The token that an entry binds to this person, from both nonces where they are opened. */
async function bound({ entry, opened }, subject, log) {
  must(await isInLog(entry, log), t("the entry that binds your token is not in the log"));
  const leaf = JSON.parse(entry.leaf);
  must(leaf.subject === subject, t("the entry that binds your token is about somebody else"));
  for (const [field, { salt, value }] of Object.entries(opened)) {
    const mac = hex(await hmac(unhex(salt), canonical(value)));
    must(mac === leaf.commitments[field], t("what is shown as {field} is not what was committed", { field }));
  }
  return opened.token?.value;
}

async function checkDate(date, all) {
  const { label } = date;
  const answer = (verdict, says) => ({ label, horizon: date.horizon, verdict, says });
  if (date.openness === "open") return answer("open", t("The date has not closed."));
  if (!date.row) return answer("none", t("There is no row about you for this date."));
  try {
    return await recompute(date, all, answer);
  } catch (error) {
    return answer("not-same", t("Not the same: {why}.", { why: error.message }));
  }
}

async function recompute(date, { record, log, anchors, tokens }, answer) {
  must(await isInLog(date.inputs, log), t("the entry of this date is not in the log"));
  const inputs = facts(date.inputs);
  must(inputs.label === date.label && (inputs.horizon ?? "day") === date.horizon, t("the entry is of another date"));
  const root = unhex(inputs.root);
  for (const leaf of [date.row, date.policy]) {
    const found = await rootOfProof(await leafHash(leaf.leaf), leaf.index, date.rows, leaf.path);
    must(found && same(found, root), t("your row is not one of those that were committed"));
  }
  const { person: row } = JSON.parse(date.row.leaf);
  const { policy } = JSON.parse(date.policy.leaf);
  must(tokens.has(row.token), t("the row bears a token that is not bound to you"));
  must(row.policy === policy.policy, t("the policy shown is not that of your row"));
  if (row.class) {
    must(!DRAWN.includes(date.result), t("you were not eligible, and are said to have been drawn"));
    return answer("same", t("Your row is in the log: you were not eligible, so nothing was drawn."));
  }
  if (date.openness !== "public") {
    return answer("waiting", t("Your row is in the log. The key of this date is not public yet."));
  }
  const boundary = {
    org: record.org,
    chain: inputs.chain,
    label: date.label,
    t_ms: inputs.t_ms,
    horizon: date.horizon,
  };
  must(date.keys.map((k) => k.chain).join("+") === inputs.chain, t("keys of other chains are shown"));
  const keys = [];
  for (const key of date.keys) {
    must(anchors.has(key.chain), t("a chain without an anchor in the log"));
    keys.push(await chainKey(key, date.label, anchors.get(key.chain)));
  }
  const salt = await saltOf(date, inputs, log);
  const hit = await isHit(await boundaryKey(keys, salt, boundary), row, policy.hazards, date.horizon);
  const said = DRAWN.includes(date.result);
  // Of several blocks of a date one is enough to be drawn in.
  const agrees = date.horizon === "day" ? hit === said : !hit || said;
  must(agrees, hit ? t("the key draws you, and you are said not to have been drawn") : t("the key does not draw you, and you are said to have been drawn"));
  return answer("same", hit ? t("Recomputed: same. You were drawn.") : t("Recomputed: same. You were not drawn."));
}

/** Zeros, or the randomness of the round that was committed to. */
async function saltOf(date, inputs, log) {
  if ((inputs.beacon ?? "none") === "none") return new Uint8Array(32);
  must(date.salt && (await isInLog(date.salt, log)), t("how the salt was settled is not in the log"));
  const settled = facts(date.salt);
  const isIt = settled.zone === inputs.zone && settled.label === date.label && settled.horizon === date.horizon;
  must(isIt, t("the salt is of another date"));
  if (JSON.parse(date.salt.leaf).kind === "draw-single-lock") return new Uint8Array(32);
  must(settled.round === inputs.round, t("the round is not the one that was committed to"));
  const randomness = unhex(settled.randomness);
  must(same(await sha256(unhex(settled.signature)), randomness), t("the randomness is not that of the round"));
  return randomness;
}
