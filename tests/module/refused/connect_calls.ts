/**
 * Calls of `connect()` that throw, and their errors.
 *
 * @module
 */
import type { RefusedCalls } from "./call.ts";

/**
 * The calls of a group throw the same error; `%` stands for the value received.
 */
export const refusedConnectCalls: readonly RefusedCalls[] = [
  {
    call: "connect",
    type: TypeError,
    code: "ERR_MISSING_ARGS",
    message: 'The "options" or "port" or "path" argument must be specified',
    cases: [
      [[]],
      [[{}]],
      [[[]]],
      [[{ host: "127.0.0.1" }]],
      [[{ path: undefined }]],
      [[{ path: null }]],
      [[{ port: undefined }]],
      [[undefined]],
      [[undefined, "127.0.0.1"]],
    ],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.port" property must be one of type number or string. Received %',
    cases: [
      [[null], "null"],
      [[{ port: null }], "null"],
      [[{ port: true }], "type boolean (true)"],
      [[{ port: {} }], "an instance of Object"],
      [[{ port: [] }], "an instance of Array"],
      [[{ port: 1n }], "type bigint (1n)"],
      [[{ port: () => {} }], "function port"],
      [[{ port: Symbol("port") }], "type symbol (Symbol(port))"],
      [[true], "type boolean (true)"],
      [[() => {}], "function "],
    ],
  },
  {
    call: "connect",
    type: RangeError,
    code: "ERR_SOCKET_BAD_PORT",
    message: "Port should be >= 0 and < 65536. Received %.",
    cases: [
      [[-1], "type number (-1)"],
      [[65536], "type number (65536)"],
      [[1.5], "type number (1.5)"],
      [[NaN], "type number (NaN)"],
      [[Infinity], "type number (Infinity)"],
      [[""], "type string ('')"],
      [[" "], "type string (' ')"],
      [["65536"], "type string ('65536')"],
      [[{ port: -1 }], "type number (-1)"],
      [[{ port: "x" }], "type string ('x')"],
      [[{ port: "1x" }], "type string ('1x')"],
      [[{ port: "" }], "type string ('')"],
      [[{ port: "-1" }], "type string ('-1')"],
      [[{ port: "0x10000" }], "type string ('0x10000')"],
    ],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "options.path" property must be of type string. Received %',
    cases: [
      [[{ path: 1 }], "type number (1)"],
      [[{ path: true }], "type boolean (true)"],
      [[{ path: {} }], "an instance of Object"],
      [[{ path: ["sock"] }], "an instance of Array"],
      [[{ path: Symbol("path") }], "type symbol (Symbol(path))"],
    ],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "options.host" property must be of type string. Received %',
    cases: [[[{ port: 1, host: 1 }], "type number (1)"], [[{
      port: 1,
      host: true,
    }], "type boolean (true)"], [
      [{ port: 1, host: {} }],
      "an instance of Object",
    ], [[{ port: 1, host: ["127.0.0.1"] }], "an instance of Array"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The property 'options.host' must be a string without null bytes. Received %",
    cases: [[[{ port: 1, host: "a\0b" }], "'a\\x00b'"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_IP_ADDRESS",
    message: "Invalid IP address: nowhere",
    cases: [[[{ port: 1, localAddress: "nowhere" }]]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_IP_ADDRESS",
    message: "Invalid IP address: localhost",
    cases: [[[{ port: 1, localAddress: "localhost" }]]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_IP_ADDRESS",
    message: "Invalid IP address: 1",
    cases: [[[{ port: 1, localAddress: 1 }]]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_IP_ADDRESS",
    message: "Invalid IP address: true",
    cases: [[[{ port: 1, localAddress: true }]]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_IP_ADDRESS",
    message: "Invalid IP address: 127.0.0.1/8",
    cases: [[[{ port: 1, localAddress: "127.0.0.1/8" }]]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.localPort" property must be of type number. Received %',
    cases: [[[{ port: 1, localPort: "1" }], "type string ('1')"], [[{
      port: 1,
      localPort: true,
    }], "type boolean (true)"], [
      [{ port: 1, localPort: {} }],
      "an instance of Object",
    ], [[{ port: 1, localPort: 1n }], "type bigint (1n)"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.lookup" property must be of type function. Received %',
    cases: [
      [[{ port: 1, lookup: "lookup" }], "type string ('lookup')"],
      [[{ port: 1, lookup: {} }], "an instance of Object"],
      [[{ port: 1, lookup: 1 }], "type number (1)"],
      [[{ port: 1, lookup: true }], "type boolean (true)"],
    ],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The property 'options.family' must be one of: 0, 4, 6. Received %",
    cases: [
      [[{ port: 1, family: "5" }], "'5'"],
      [[{ port: 1, family: 5 }], "5"],
      [[{ port: 1, family: "ipv4" }], "'ipv4'"],
      [[{ port: 1, family: true }], "true"],
      [[{ port: 1, family: {} }], "{}"],
    ],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "options.hints" property must be of type number. Received %',
    cases: [[[{ port: 1, hints: "1" }], "type string ('1')"], [[{
      port: 1,
      hints: true,
    }], "type boolean (true)"], [
      [{ port: 1, hints: {} }],
      "an instance of Object",
    ]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message: "The argument 'hints' is invalid. Received %",
    cases: [[[{ port: 1, hints: 1 << 20 }], "1048576"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.autoSelectFamily" property must be of type boolean. Received %',
    cases: [[[{ port: 1, autoSelectFamily: 1 }], "type number (1)"], [[{
      port: 1,
      autoSelectFamily: "true",
    }], "type string ('true')"], [
      [{ port: 1, autoSelectFamily: {} }],
      "an instance of Object",
    ]],
  },
  {
    call: "connect",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "options.autoSelectFamilyAttemptTimeout" is out of range. It must be >= 1 && <= 2147483647. Received %',
    cases: [[[{ port: 1, autoSelectFamilyAttemptTimeout: 0 }], "0"], [[{
      port: 1,
      autoSelectFamilyAttemptTimeout: -1,
    }], "-1"], [
      [{ port: 1, autoSelectFamilyAttemptTimeout: 2147483648 }],
      "2147483648",
    ]],
  },
  {
    call: "connect",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "options.autoSelectFamilyAttemptTimeout" is out of range. It must be an integer. Received %',
    cases: [[[{ port: 1, autoSelectFamilyAttemptTimeout: 1.5 }], "1.5"], [[{
      port: 1,
      autoSelectFamilyAttemptTimeout: NaN,
    }], "NaN"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.autoSelectFamilyAttemptTimeout" property must be of type number. Received %',
    cases: [[
      [{ port: 1, autoSelectFamilyAttemptTimeout: "250" }],
      "type string ('250')",
    ], [
      [{ port: 1, autoSelectFamilyAttemptTimeout: true }],
      "type boolean (true)",
    ]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "msecs" argument must be of type number. Received %',
    cases: [[[{ port: 1, timeout: "1" }], "type string ('1')"], [[{
      port: 1,
      timeout: {},
    }], "an instance of Object"]],
  },
  {
    call: "connect",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "msecs" is out of range. It must be a non-negative finite number. Received %',
    cases: [[[{ port: 1, timeout: -1 }], "-1"], [[{
      port: 1,
      timeout: Infinity,
    }], "Infinity"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "signal" argument must be an instance of AbortSignal. Received %',
    cases: [[[{ port: 1, signal: "signal" }], "type string ('signal')"], [[{
      port: 1,
      signal: {},
    }], "an instance of Object"], [
      [{ port: 1, signal: 1 }],
      "type number (1)",
    ]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.blockList" property must be an net.BlockList. Received %',
    cases: [[[{ port: 1, blockList: {} }], "an instance of Object"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message: "The property 'options.objectMode' is not supported. Received %",
    cases: [[[{ port: 1, objectMode: true }], "true"]],
  },
  {
    call: "connect",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.keepAliveInitialDelay" property must be of type number. Received %',
    cases: [[[{ port: 1, keepAliveInitialDelay: "1" }], "type string ('1')"]],
  },
];
