/**
 * For authors of a backend: the adapter contract as tests, the errors that a
 * backend owes its user, and a plain backend in memory to read and to start
 * from.
 *
 * @module
 */
export { adapterContract, type ContractOptions } from "./contract/contract.ts";
export type { StartProgram } from "./contract/rules/exceptions.ts";
export {
  throwInSinks,
  type ThrowOptions,
} from "./contract/exceptions/program.ts";
export { createMemoryAdapter } from "./memory/adapter.ts";
export {
  codeFrom,
  codeOf,
  errnoOf,
  featureUnavailable,
  type SystemError,
  systemError,
  type SystemErrorDetails,
} from "../runtime/errors.ts";
export type * from "../runtime/adapter.ts";
