// The signed record of an answer: a JWS (RFC 7515, compact, ES256) with the claims of docs/place-record.md.

import { deviceKey } from './key.js';

const utf8 = new TextEncoder();

function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** RFC 7638: the members in this order and no others. */
async function thumbprint({ crv, kty, x, y }) {
  return base64url(await crypto.subtle.digest('SHA-256', utf8.encode(JSON.stringify({ crv, kty, x, y }))));
}

/** Signs claims with this browser's key. Throws `NoKey` where the browser cannot. */
export async function signRecord(claims) {
  const { privateKey, publicKey } = await deviceKey();
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const header = { alg: 'ES256', typ: 'eat+jwt', jwk: { crv, kty, x, y } };
  const payload = { ...claims, cnf: { jkt: await thumbprint(header.jwk) } };
  const signed = [header, payload].map((part) => base64url(utf8.encode(JSON.stringify(part)))).join('.');
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, utf8.encode(signed));
  return `${signed}.${base64url(signature)}`;
}
