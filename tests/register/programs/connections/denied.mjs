/**
 * Prints how a connect fails that Node's permission model denies. Its argument
 * is a port, or a path.
 */
import net from "node:net";
import process from "node:process";

const target = process.argv[2] ?? "";
const socket = Number(target)
  ? net.connect(Number(target), "127.0.0.1")
  : net.connect(target);
socket.once("error", (error) => {
  console.log(JSON.stringify({ ...error, message: error.message }));
});
