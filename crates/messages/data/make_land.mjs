// Makes `land.bin` out of the npm package `world-atlas` (Natural Earth, public domain, 1:50m):
//   npm install world-atlas@2.0.2 topojson-client@3.1.0 && node make_land.mjs
//
// The file: one record a line of points. A byte says what it is (0 a ring of land, 1 a border), two bytes
// (big-endian) how many points follow, then each point as two zigzag varints: longitude and latitude in
// hundredths of a degree, as the difference from the point before. What a ring encloses lies to its right;
// a ring within a ring is a lake. Rings run across the 180th meridian and round the pole: nothing is cut.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
const { feature, mesh } = createRequire(`${process.cwd()}/`)("topojson-client");

const STEP = 100; // hundredths of a degree
const TOLERANCE = 0.03; // degrees a simplified line may be off
const SMALL = 0.012; // square degrees; smaller islands and lakes are left out

const read = (name) => JSON.parse(readFileSync(`node_modules/world-atlas/${name}`, "utf8"));
const countries = read("countries-50m.json");
const land = read("land-50m.json");

function offset(p, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

function simplify(points) {
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const todo = [[0, points.length - 1]];
  while (todo.length) {
    const [from, to] = todo.pop();
    let [worst, at] = [0, 0];
    for (let i = from + 1; i < to; i += 1) {
      const far = offset(points[i], points[from], points[to]);
      if (far > worst) [worst, at] = [far, i];
    }
    if (worst > TOLERANCE) {
      keep[at] = 1;
      todo.push([from, at], [at, to]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

function area(ring) {
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return sum / 2;
}

// A closed ring is simplified in two halves, so that its two ends do not fall together.
function simplifyRing(ring) {
  const far = ring.reduce((best, p, i) => (Math.hypot(p[0] - ring[0][0], p[1] - ring[0][1]) > best[0] ? [Math.hypot(p[0] - ring[0][0], p[1] - ring[0][1]), i] : best), [0, 0])[1];
  return [...simplify(ring.slice(0, far + 1)), ...simplify(ring.slice(far)).slice(1)];
}

const lines = [];
const polygons = feature(land, land.objects.land).features.flatMap((f) => f.geometry.coordinates);
for (const polygon of polygons) {
  for (const [n, ring] of polygon.entries()) {
    if (Math.abs(area(ring)) < SMALL) continue;
    const simple = simplifyRing(ring).slice(0, -1);
    if (n > 0) simple.reverse(); // a lake
    if (simple.length >= 3) lines.push([0, simple]);
  }
}
for (const line of mesh(countries, countries.objects.countries, (a, b) => a !== b).coordinates) {
  const simple = simplify(line);
  if (simple.length >= 2) lines.push([1, simple]);
}

const bytes = [];
const varint = (n) => {
  let z = n < 0 ? -n * 2 - 1 : n * 2;
  while (z > 127) {
    bytes.push((z & 127) | 128);
    z >>>= 7;
  }
  bytes.push(z);
};
for (const [kind, points] of lines) {
  bytes.push(kind, points.length >> 8, points.length & 255);
  let [x, y] = [0, 0];
  for (const p of points) {
    const [nx, ny] = [Math.round(p[0] * STEP), Math.round(p[1] * STEP)];
    varint(nx - x);
    varint(ny - y);
    [x, y] = [nx, ny];
  }
}
writeFileSync(process.argv[2] ?? "land.bin", Buffer.from(bytes));
console.log(lines.length, "lines", lines.reduce((n, l) => n + l[1].length, 0), "points", bytes.length, "bytes");
