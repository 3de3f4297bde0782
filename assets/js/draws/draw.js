// One date of the draw, recomputed from the keys that are public: docs/draw-format.md.

import { concat, enc, head64, hkdf, hmac, same, sha256, unhex, utf8 } from "./bytes.js";

const DAY_MS = 86_400_000;
const SURE = 2n ** 64n - 1n;
const WHOLE = 2n ** 64n;

const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** The key so many dates earlier on its chain. */
async function earlier(key, steps) {
  let bytes = key;
  for (let i = 0; i < steps; i += 1) bytes = await sha256(utf8("muster/chain/v1"), bytes);
  return bytes;
}

/** K_d of a label from a revealed key of this or a later one, checked against the chain's anchor. */
export async function chainKey({ key, label: revealedFor }, label, anchor) {
  const back = days(label, revealedFor);
  const index = days(anchor.first_date, label) + 1;
  if (back < 0 || index < 1 || index + back > anchor.length_days) throw new Error("outside its chain");
  const ofLabel = await earlier(unhex(key), back);
  if (!same(await earlier(ofLabel, index), unhex(anchor.k_0))) {
    throw new Error("the key does not lead to the one that was committed");
  }
  return ofLabel;
}

/** k_t: from the keys of every holder and the salt. */
export function boundaryKey(keys, salt, boundary) {
  const { org, chain, label, t_ms: t, horizon } = boundary;
  return hkdf(concat(...keys), salt, enc("muster/draw/v1", org, chain, label, t, horizon));
}

/** The threshold of a row: that of its k, or its block's part of it. */
export function threshold(row, hazards) {
  const day = BigInt(`0x${hazards[Math.min(row.k, hazards.length) - 1]}`);
  if (!row.block) return day;
  const [before, here, total] = [row.block.before, row.block.here, row.block.total].map(BigInt);
  if (here === 0n || before + here > total) return 0n;
  const hazard = day === SURE ? WHOLE : day;
  const [above, below] = [hazard * here, WHOLE * total - hazard * before];
  if (above >= below) return SURE;
  const share = (above * WHOLE) / below;
  return share < SURE ? share : SURE - 1n;
}

/** Whether the row is hit. */
export async function isHit(key, row, hazards, horizon) {
  const limit = threshold(row, hazards);
  const drawn = head64(await hmac(key, enc(horizon, unhex(row.token))));
  return limit === SURE || drawn < limit;
}
