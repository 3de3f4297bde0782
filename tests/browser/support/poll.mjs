// Waiting for something observable, with a deadline that fails. Nothing sleeps and hopes.

const LOOK_EVERY_MS = 100;

/** Looks until `look` gives something truthy and returns it; fails after `ms`, naming `what`. */
export async function eventually(what, look, ms = 20_000) {
  const end = performance.now() + ms;
  let last;
  for (;;) {
    try {
      const seen = await look();
      if (seen) return seen;
      last = `last seen: ${JSON.stringify(seen)}`;
    } catch (error) {
      last = `last error: ${error.message}`;
    }
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}; ${last}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
