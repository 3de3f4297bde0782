// Asks for one of the person's passkeys, once, over the hash of question and claims: one gesture signs both.

import { toBytes, toText } from './bytes.js';

/** Whether this browser has passkeys at all. */
export const knowsPasskeys = () => Boolean(globalThis.PublicKeyCredential && navigator.credentials?.get);

/** SHA-256 over the bytes of the nonce and those of the claims, which are the middle part of the record. */
async function challengeOf(nonce, record) {
  const [question, claims] = [toBytes(nonce), toBytes(record.split('.')[1])];
  const both = new Uint8Array(question.length + claims.length);
  both.set(question);
  both.set(claims, question.length);
  return crypto.subtle.digest('SHA-256', both);
}

/** What the server reads; rejects where the person says no, or nothing can sign. */
export async function signWithPasskey({ rp, ids }, nonce, record, timeout) {
  const { id, response } = await navigator.credentials.get({
    publicKey: {
      challenge: await challengeOf(nonce, record),
      rpId: rp,
      allowCredentials: ids.map((known) => ({ type: 'public-key', id: toBytes(known) })),
      userVerification: 'required',
      timeout,
    },
  });
  return JSON.stringify({
    id,
    clientDataJSON: toText(response.clientDataJSON),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
  });
}
