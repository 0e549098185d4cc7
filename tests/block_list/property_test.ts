import { test } from "node:test";
import { checkBlockList, checkIsIP, checkSocketAddress } from "./properties.ts";

test("isIP(): takes what the reference takes, of any text", () => {
  checkIsIP(5000);
});

test("SocketAddress: reads and writes addresses as the reference does", () => {
  checkSocketAddress(3000);
});

test("BlockList: does with any calls what the reference does", () => {
  checkBlockList(3000);
});
