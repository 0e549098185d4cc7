/**
 * A package that is written as an ES module.
 */
import net, { Socket } from "net";
import * as namespace from "node:net";
import { createRequire } from "node:module";

export default {
  "import": net,
  "import, by name": { Socket },
  "import, prefixed": namespace,
  "createRequire() of an ES module": createRequire(import.meta.url)("net"),
};
