/**
 * Calls of `Socket()`, its methods and the setters of defaults that throw, and
 * their errors.
 *
 * @module
 */
import type { RefusedCalls } from "./call.ts";

/**
 * The calls of a group throw the same error; `%` stands for the value received.
 */
export const refusedSocketCalls: readonly RefusedCalls[] = [
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message: "The property 'options.objectMode' is not supported. Received %",
    cases: [[[{ objectMode: true }], "true"], [
      [{ objectMode: "yes" }],
      "'yes'",
    ]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The property 'options.readableObjectMode' is not supported. Received %",
    cases: [[[{ readableObjectMode: true }], "true"]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The property 'options.writableObjectMode' is not supported. Received %",
    cases: [[[{ writableObjectMode: true }], "true"]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.keepAliveInitialDelay" property must be of type number. Received %',
    cases: [[[{ keepAliveInitialDelay: "1" }], "type string ('1')"], [[{
      keepAliveInitialDelay: null,
    }], "null"], [[{ keepAliveInitialDelay: {} }], "an instance of Object"]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "options.blockList" property must be an net.BlockList. Received %',
    cases: [[[{ blockList: {} }], "an instance of Object"], [[{
      blockList: "127.0.0.1",
    }], "type string ('127.0.0.1')"]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message:
      'The "signal" argument must be an instance of AbortSignal. Received %',
    cases: [[[{ signal: "signal" }], "type string ('signal')"], [[{
      signal: 1,
    }], "type number (1)"], [[{ signal: {} }], "an instance of Object"]],
  },
  {
    call: "Socket",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "fd" is out of range. It must be >= 0 && <= 2147483647. Received %',
    cases: [[[{ fd: -1 }], "-1"], [[-1], "-1"]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "fd" argument must be of type number. Received %',
    cases: [[[{ fd: "3" }], "type string ('3')"], [[{ fd: null }], "null"], [[{
      fd: {},
    }], "an instance of Object"]],
  },
  {
    call: "Socket",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "fd" is out of range. It must be an integer. Received %',
    cases: [[[{ fd: 1.5 }], "1.5"], [[{ fd: NaN }], "NaN"]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_FD_TYPE",
    message: "Unsupported fd type: UNKNOWN",
    cases: [[[{ fd: 99999 }]]],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The property 'options.readableHighWaterMark' is invalid. Received %",
    cases: [
      [[{ highWaterMark: -1 }], "-1"],
      [[{ highWaterMark: "1" }], "'1'"],
      [[{ readableHighWaterMark: -1 }], "-1"],
    ],
  },
  {
    call: "Socket",
    type: TypeError,
    code: "ERR_INVALID_ARG_VALUE",
    message:
      "The property 'options.writableHighWaterMark' is invalid. Received %",
    cases: [[[{ writableHighWaterMark: NaN }], "NaN"]],
  },
  {
    call: "setTimeout",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "msecs" argument must be of type number. Received %',
    cases: [[["1"], "type string ('1')"], [[{}], "an instance of Object"], [[
      true,
    ], "type boolean (true)"], [[], "undefined"]],
  },
  {
    call: "setTimeout",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "msecs" is out of range. It must be a non-negative finite number. Received %',
    cases: [[[-1], "-1"], [[NaN], "NaN"], [[Infinity], "Infinity"]],
  },
  {
    call: "setTimeout",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "callback" argument must be of type function. Received %',
    cases: [
      [[1, "callback"], "type string ('callback')"],
      [[1, null], "null"],
      [[1, {}], "an instance of Object"],
      [[0, 1], "type number (1)"],
    ],
  },
  {
    call: "setDefaultAutoSelectFamily",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "value" argument must be of type boolean. Received %',
    cases: [
      [[], "undefined"],
      [[1], "type number (1)"],
      [["true"], "type string ('true')"],
      [[null], "null"],
      [[{}], "an instance of Object"],
    ],
  },
  {
    call: "setDefaultAutoSelectFamilyAttemptTimeout",
    type: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "value" argument must be of type number. Received %',
    cases: [[[], "undefined"], [["250"], "type string ('250')"], [
      [null],
      "null",
    ], [[{}], "an instance of Object"]],
  },
  {
    call: "setDefaultAutoSelectFamilyAttemptTimeout",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "value" is out of range. It must be >= 1 && <= 2147483647. Received %',
    cases: [[[0], "0"], [[-1], "-1"], [[2147483648], "2147483648"]],
  },
  {
    call: "setDefaultAutoSelectFamilyAttemptTimeout",
    type: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message:
      'The value of "value" is out of range. It must be an integer. Received %',
    cases: [[[1.5], "1.5"], [[NaN], "NaN"]],
  },
];
