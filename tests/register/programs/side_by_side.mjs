/**
 * Imports the package in many ways at a time, while CommonJS requires `net`.
 */
const name = "isonet";
const all = await Promise.all([
  import(`${name}/promises`),
  import("./library.cjs"),
  import(name),
  import("net"),
  import("./library.mjs"),
]);
console.log(all.length);
