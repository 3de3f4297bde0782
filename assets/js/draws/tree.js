// The tree of RFC 6962 and the signed checkpoint: is this the entry that everybody else sees?

import { same, sha256, unhex, utf8 } from "./bytes.js";

export const leafHash = (string) => sha256(new Uint8Array([0]), utf8(string));
const nodeHash = (left, right) => sha256(new Uint8Array([1]), left, right);

/** The root that a leaf and its proof give (RFC 9162, section 2.1.3.2); null where it is no proof. */
export async function rootOfProof(leaf, index, size, path) {
  if (index >= size) return null;
  let [at, last, root] = [index, size - 1, leaf];
  for (const hash of path.map(unhex)) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      root = await nodeHash(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else {
      root = await nodeHash(root, hash);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}

const base64 = (string) => Uint8Array.from(atob(string), (c) => c.charCodeAt(0));

/**
 * Size and root of a checkpoint, and whether this browser checked its signature: true, or null
 * where the browser has no Ed25519. Throws where the note or its signature is wrong.
 */
export async function checkpoint(note, origin, logKey) {
  const [body, signatures] = note.split("\n\n");
  const [name, size, root] = body.split("\n");
  if (name !== origin || !/^\d+$/.test(size)) throw new Error("not a checkpoint of this log");
  const key = unhex(logKey);
  const id = (await sha256(utf8(name), new Uint8Array([10, 1]), key)).slice(0, 4);
  const prefix = `\u2014 ${origin} `;
  const line = signatures.split("\n").find((l) => l.startsWith(prefix));
  const signature = line && base64(line.slice(prefix.length));
  if (!signature || !same(signature.slice(0, 4), id)) throw new Error("no signature by this log");
  let signed = null;
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    const text = utf8(`${body}\n`);
    signed = await crypto.subtle.verify("Ed25519", imported, signature.slice(4), text);
  } catch (error) {
    if (error.name !== "NotSupportedError") throw error;
  }
  if (signed === false) throw new Error("the signature is not right");
  return { size: Number(size), root: base64(root), signed };
}

/** Whether an entry with its proof is in the log under a checkpoint. */
export async function isInLog(proved, { size, root }) {
  const leaf = await leafHash(proved.leaf);
  const found = await rootOfProof(leaf, proved.seq, size, proved.path);
  return found !== null && same(found, root);
}
