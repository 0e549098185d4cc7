/**
 * The contract on a host of a simulated network, in real time.
 *
 * @module
 */
import { adapterContract } from "../../testing/contract/contract.ts";
import { createNetwork } from "../../testing/mod.ts";

const network = createNetwork({ seed: 1, clock: "real" });
adapterContract("simulated", network.host("here").adapter, { files: false });
