/**
 * Reads the JUnit reports of `deno test` and `bun test`.
 *
 * @module
 */

/** @typedef {import("./node_reporter.mjs").Test} Test */

/** @type {Record<string, string>} */
const ENTITIES = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** @param {string} text */
function unescape(text) {
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex, decimal, name) => {
      if (hex) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal) return String.fromCodePoint(Number(decimal));
      return ENTITIES[name] ?? whole;
    },
  );
}

/**
 * @param {string} attributes
 * @param {string} name
 */
function attribute(attributes, name) {
  return unescape(
    new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? "",
  );
}

/** @param {string} xml */
function cases(xml) {
  const pattern =
    /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
  return [...xml.matchAll(pattern)].map(([, attributes = "", body = ""]) => ({
    name: attribute(attributes, "name"),
    suite: attribute(attributes, "classname"),
    ...outcome(body),
  }));
}

/**
 * @param {string} body What is inside of a `<testcase>`.
 * @returns {Pick<Test, "state" | "error">}
 */
function outcome(body) {
  const failure = /<(failure|error)\b(?:[^>"]|"[^"]*")*>([^<]*)/.exec(body);
  if (failure) {
    return { state: "failed", error: unescape(failure[2] ?? "").trim() };
  }
  return { state: /<skipped\b/.test(body) ? "skipped" : "passed" };
}

/**
 * Bun's report lists only tests. Before 1.4 it does not say why one failed;
 * what Bun prints does.
 *
 * @param {string} xml
 * @param {string} output
 * @returns {Test[]}
 */
export function readBunReport(xml, output) {
  return cases(xml).map(({ name, suite, state, error }) => ({
    name: [...suite.split(" > ").filter(Boolean).reverse(), name].join(" > "),
    state,
    error: state === "failed" ? error || printedError(name, output) : undefined,
  }));
}

/**
 * What Bun prints of a failed test, which it names after its error.
 *
 * @param {string} name
 * @param {string} output
 */
function printedError(name, output) {
  const [before = ""] = output.split(`(fail) ${name}`, 1);
  const ends = [...before.matchAll(/^\((?:pass|fail|skip|todo)\).*$/gm)];
  const last = ends.at(-1);
  return last ? before.slice(last.index + last[0].length) : before;
}

/**
 * Deno's report also lists suites and subtests, under names such as `suite >
 * test` and `test > subtest`. Only the cases of a `describe` belong to a file
 * of Deno's own (`ext:`).
 *
 * @param {string} xml
 * @returns {Test[]}
 */
export function readDenoReport(xml) {
  const all = cases(xml);
  const names = new Set(all.map((c) => c.name));
  const suites = new Set();
  const subtests = new Set();
  for (const { name, suite } of all) {
    for (let at = name.length; (at = name.lastIndexOf(" > ", at - 1)) > 0;) {
      const parent = name.slice(0, at);
      if (!names.has(parent)) continue;
      if (suite.startsWith("ext:")) suites.add(parent);
      else subtests.add(name);
      break;
    }
  }
  return all.filter(({ name, state }) =>
    !subtests.has(name) && (!suites.has(name) || failedAlone(name, state))
  ).map(({ suite: _, ...test }) => test);

  /**
   * A suite whose hook failed counts as a failure, since none of its tests
   * failed.
   *
   * @param {string} name
   * @param {Test["state"]} state
   */
  function failedAlone(name, state) {
    return state === "failed" &&
      !all.some((c) => c.state === "failed" && c.name.startsWith(`${name} > `));
  }
}
