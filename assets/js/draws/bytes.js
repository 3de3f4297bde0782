// Bytes and hashes, with nothing but the browser's own WebCrypto.

const subtle = globalThis.crypto.subtle;
const text = new TextEncoder();

export const utf8 = (string) => text.encode(string);

export function unhex(string) {
  if (!/^([0-9a-f]{2})*$/.test(string)) throw new Error("not hexadecimal");
  return Uint8Array.from(string.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `enc(a, b, ...)`: each field as u32 big-endian length and its bytes. */
export function enc(...fields) {
  return concat(
    ...fields.flatMap((field) => {
      const bytes = field instanceof Uint8Array ? field : utf8(String(field));
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes];
    }),
  );
}

export const sha256 = async (...parts) =>
  new Uint8Array(await subtle.digest("SHA-256", concat(...parts)));

export async function hmac(key, message) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, message));
}

/** HKDF-SHA256 (RFC 5869), 32 bytes. */
export async function hkdf(ikm, salt, info) {
  const key = await subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await subtle.deriveBits(algorithm, key, 256));
}

/** The first 8 bytes, big-endian. */
export const head64 = (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);

/** Canonical JSON (RFC 8785) of what a commitment may hold: strings, integers and null. */
export function canonical(value) {
  const isPlain = value === null || typeof value === "string" || Number.isSafeInteger(value);
  if (!isPlain) throw new Error("not a plain value");
  return utf8(JSON.stringify(value));
}
