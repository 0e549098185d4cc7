/**
 * The results of all runs, and the table that is made of them.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/runtimes.mjs";
import { FOLDER } from "./install.mjs";
import { scenarios } from "./scenarios/all.mjs";

/**
 * @typedef {{ isonet: boolean; own: boolean }} Result Whether a case passed.
 * @typedef {Record<string, { label: string; cases: Record<string, Result> }>}
 *   Results By the name of the runtime and of the case.
 */

const FILE = join(FOLDER, "results.json");
const PAGE = join(ROOT, "docs", "packages.md");

/** @returns {Results} Of the runs before, since the last `npm ci`. */
export function readResults() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
}

/** @param {Results} results */
export function writeResults(results) {
  writeFileSync(FILE, JSON.stringify(results));
}

/** @param {Result} result */
function cellOf({ isonet, own }) {
  if (isonet) return own ? "✓" : "✓ ¹";
  return own ? "✗" : "– ²";
}

/**
 * @param {string[][]} rows The first one is the head.
 * @returns {string} A table of Markdown, with columns of one width.
 */
function tableOf(rows) {
  const widths =
    rows[0]?.map((_, x) =>
      Math.max(...rows.map((row) => [...row[x] ?? ""].length))
    ) ?? [];
  const lines = rows.map((row) =>
    `| ${row.map((cell, x) => cell.padEnd(widths[x] ?? 0)).join(" | ")} |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/**
 * Write the page about the packages.
 *
 * @param {readonly string[]} names Of all runtimes.
 * @throws {Error} If there is no result of one of them for a case.
 */
export function writeTable(names) {
  const results = readResults();
  const head = ["package", "case"];
  head.push(...names.map((name) => results[name]?.label ?? name));
  const rows = scenarios.flatMap(({ name, others = [], continues, cases }) =>
    Object.keys(cases).map((title, y) => [
      y === 0 && !continues ? [name, ...others].join(", ") : "",
      title,
      ...names.map((runtime) => {
        const result = results[runtime]?.cases[`${name}: ${title}`];
        if (result) return cellOf(result);
        throw new Error(`no result of ${runtime} for ${name}: ${title}`);
      }),
    ])
  );
  const packages = new Set(
    scenarios.flatMap(({ name, others = [] }) => [
      name.replace(/, .*/, ""),
      ...others,
    ]),
  );
  writeFileSync(
    PAGE,
    `# Packages under the drop-in

What \`npm run packages -- --table\` found: ${packages.size} packages, as npm has them, with
\`isonet/register\` on the command line. Each case moves data, ends by itself, and
checks that sockets of it were this package's. The servers are real software
where there is one: PostgreSQL, MariaDB, Redis, Memcached, Dovecot, Mosquitto,
RabbitMQ, NATS. Clients of HTTP alone, \`axios\` and \`node-fetch\`, run with
\`isonet/register/all\`. Where it says "by option", nothing is loaded first: the
package takes a socket from its caller.

${tableOf([head, ...rows])}

✓ works. ✗ fails, and works with the runtime's own \`net\`. ¹ fails with the
runtime's own \`net\`. ² fails with both. On Deno, the server of \`@grpc/grpc-js\`
does no TLS: inject connections that a \`tls.Server\` has upgraded. And Deno may
push several chunks before one \`'readable'\`, of which \`aedes\` reads one. The
streams of Node 26, Deno and Bun say nothing further then, if more than the
high-water mark is left.
`,
  );
}
