/**
 * Calls of `createServer()` and of servers' methods that throw, and their
 * errors.
 *
 * @module
 */
import type { RefusedCalls } from "./call.ts";

/**
 * The calls of a group throw the same error; `%` stands for the value received.
 */
export const refusedServerCalls: readonly RefusedCalls[] = [
  {
    call: "listen",
    type: RangeError,
    code: "ERR_SOCKET_BAD_PORT",
    message: "options.port should be >= 0 and < 65536. Received %.",
    cases: [
      [[-1], "type number (-1)"],
      [[65536], "type number (65536)"],
      [[1.5], "type number (1.5)"],
      [[NaN], "type number (NaN)"],
      [[Infinity], "type number (Infinity)"],
      [[""], "type string ('')"],
      [[" "], "type string (' ')"],
      [["65536"], "type string ('65536')"],
      [["1.5"], "type string ('1.5')"],
      [[{ port: -1 }], "type number (-1)"],
      [[{ port: 65536 }], "type number (65536)"],
      [[{ port: 1.5 }], "type number (1.5)"],
      [[{ port: NaN }], "type number (NaN)"],
      [[{ port: "" }], "type string ('')"],
      [[{ port: "x" }], "type string ('x')"],
      [[{ port: "-1" }], "type string ('-1')"],
    ],
  },
  {
    call: "listen",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message: "The argument 'options' is invalid. Received %",
    cases: [
      [[true], "{ port: true }"],
      [[false], "{ port: false }"],
      [[1n], "{ port: 1n }"],
      [[Symbol("port")], "{ port: Symbol(port) }"],
      [[{ port: true }], "{ port: true }"],
      [[{ port: false }], "{ port: false }"],
      [[{ port: {} }], "{ port: {} }"],
      [[{ port: [] }], "{ port: [] }"],
      [[{ port: 1n }], "{ port: 1n }"],
      [[{ port: () => {} }], "{ port: [Function: port] }"],
      [[{ path: "" }], "{ path: '' }"],
      [[{ path: "5" }], "{ path: '5' }"],
      [[{ path: 5 }], "{ path: 5 }"],
      [[{ path: null }], "{ path: null }"],
      [[{ path: true }], "{ path: true }"],
      [[{ path: {} }], "{ path: {} }"],
      [[{ path: undefined }], "{ path: undefined }"],
    ],
  },
  {
    call: "listen",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      'The argument \'options\' must have the property "port" or "path". Received %',
    cases: [
      [[{}], "{}"],
      [[[]], "[]"],
      [[{ host: "127.0.0.1" }], "{ host: '127.0.0.1' }"],
      [[{ fd: -1 }], "{ fd: -1 }"],
      [[{ fd: "3" }], "{ fd: '3' }"],
      [[{ fd: null }], "{ fd: null }"],
    ],
  },
  {
    call: "listen",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.signal" property must be an instance of AbortSignal. Received %',
    cases: [
      [[{ port: 0, signal: null }], "null"],
      [[{ port: 0, signal: "signal" }], "type string ('signal')"],
      [[{ port: 0, signal: 1 }], "type number (1)"],
      [[{ port: 0, signal: {} }], "an instance of Object"],
      [[{ port: 0, signal: () => {} }], "function signal"],
    ],
  },
  {
    call: "listen",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "hostname" argument must be of type string. Received %',
    cases: [[[{ port: 0, host: 1 }], "type number (1)"], [[{
      port: 0,
      host: true,
    }], "type boolean (true)"], [
      [{ port: 0, host: {} }],
      "an instance of Object",
    ], [[{ port: 0, host: ["127.0.0.1"] }], "an instance of Array"]],
  },
  {
    call: "listen",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The argument 'hostname' must be a string without null bytes. Received %",
    cases: [[[{ port: 0, host: "a\0b" }], "'a\\x00b'"]],
  },
  {
    call: "listen",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The argument 'options' can not set readableAll or writableAllt to true when path is abstract unix socket. Received %",
    cases: [[
      [{ path: "\0isonet-refused", readableAll: true }],
      "{ path: '\\x00isonet-refused', readableAll: true }",
    ], [
      [{ path: "\0isonet-refused", writableAll: true }],
      "{ path: '\\x00isonet-refused', writableAll: true }",
    ]],
  },
  {
    call: "createServer",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "options" argument must be of type object. Received %',
    cases: [
      [[1], "type number (1)"],
      [["options"], "type string ('options')"],
      [[true], "type boolean (true)"],
      [[Symbol("options")], "type symbol (Symbol(options))"],
      [[1n], "type bigint (1n)"],
    ],
  },
  {
    call: "createServer",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.keepAliveInitialDelay" property must be of type number. Received %',
    cases: [
      [[{ keepAliveInitialDelay: "1" }], "type string ('1')"],
      [[{ keepAliveInitialDelay: null }], "null"],
      [[{ keepAliveInitialDelay: {} }], "an instance of Object"],
      [[{ keepAliveInitialDelay: true }], "type boolean (true)"],
    ],
  },
  {
    call: "createServer",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.highWaterMark" property must be of type number. Received %',
    cases: [
      [[{ highWaterMark: "1" }], "type string ('1')"],
      [[{ highWaterMark: null }], "null"],
      [[{ highWaterMark: true }], "type boolean (true)"],
      [[{ highWaterMark: {} }], "an instance of Object"],
    ],
  },
  {
    call: "createServer",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.blockList" property must be an net.BlockList. Received %',
    cases: [
      [[{ blockList: {} }], "an instance of Object"],
      [[{ blockList: "127.0.0.1" }], "type string ('127.0.0.1')"],
      [[{ blockList: 1 }], "type number (1)"],
      [[{ blockList: [] }], "an instance of Array"],
    ],
  },
  {
    call: "getConnections",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "callback" argument must be of type function. Received %',
    cases: [[[], "undefined"], [[null], "null"], [
      ["callback"],
      "type string ('callback')",
    ], [[{}], "an instance of Object"]],
  },
];
