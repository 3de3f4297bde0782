// This browser's own key for signing answers: made here once, kept by the browser, and never to be read out, not
// even by this page. Clearing the site's data forgets it; then there is a new one, and nothing follows from that.

const [DATABASE, STORE, ID] = ['muster', 'keys', 'place'];

/** Why there is no key, as the server knows it. */
export class NoKey extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** The key pair (ECDSA on P-256), made on first use. Throws `NoKey` where the browser cannot. */
export async function deviceKey() {
  if (!globalThis.crypto?.subtle) throw new NoKey('no_crypto');
  const database = await opened().catch(() => { throw new NoKey('no_storage'); });
  try {
    const kept = await asked(database.transaction(STORE).objectStore(STORE).get(ID));
    if (kept) return kept;
    const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
      .catch(() => { throw new NoKey('no_crypto'); });
    // Two pages at once: the first that was kept is the key of both.
    const store = database.transaction(STORE, 'readwrite').objectStore(STORE);
    const first = await asked(store.get(ID));
    if (first) return first;
    await asked(store.put(made, ID));
    return made;
  } catch (error) {
    throw error instanceof NoKey ? error : new NoKey('no_storage');
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
