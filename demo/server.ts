/**
 * The servers of the demo.
 *
 *     server.ts tcp
 *     server.ts unix FOLDER
 *
 * @module
 */
import { ipc, serve } from "./listen.ts";
import { services } from "./services.ts";

const { reset, ...others } = services;
// Only TCP has a reset.
await serve(ipc ? others : { ...others, reset });
