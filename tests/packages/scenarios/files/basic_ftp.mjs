/**
 * `basic-ftp` with `ftp-srv`: control and data connections, all encrypted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Readable, Writable } from "node:stream";

// ftp-srv looks for free ports from 1024 on, and lets go of one before it
// listens on it. So a case that runs beside this one has ports of its own.
const FIRST_PORT = 10_000 + process.pid % 200 * 100;

const FILE = Buffer.alloc(3 << 20, "a file's content ");

/**
 * @param {import("../../bed.mjs").Bed} bed
 * @param {string} root
 * @param {boolean} implicit
 */
async function createServer(bed, root, implicit) {
  const { FtpSrv } = bed.load("ftp-srv");
  const log = { child: () => log };
  for (const name of ["trace", "debug", "info", "warn", "error", "fatal"]) {
    Object.assign(log, { [name]: () => {} });
  }
  const free = await bed.listen(() => {});
  free.server.close();
  await once(free.server, "close");
  const protocol = implicit ? "ftps" : "ftp";
  const server = new FtpSrv({
    ...{ url: `${protocol}://${bed.host}:${free.port}`, log },
    ...{ pasv_url: bed.host, tls: { key: bed.key, cert: bed.cert } },
    ...{ pasv_min: FIRST_PORT, pasv_max: FIRST_PORT + 99 },
  });
  server.on(
    "login",
    (
      /** @type {{ username: string; password: string }} */ login,
      /** @type {(options: object) => void} */ accept,
      /** @type {(error: Error) => void} */ refuse,
    ) => {
      if (login.password === "secret") accept({ root });
      else refuse(new Error("a wrong password"));
    },
  );
  await server.listen();
  return { server, port: free.port };
}

/**
 * What `basic-ftp` has for passive mode, for active mode: the server connects.
 *
 * @param {import("../../bed.mjs").Bed} bed
 */
function prepareActive(bed) {
  return async (/** @type {any} */ ftp) => {
    const { server, port } = await bed.listen(() => {});
    const connection = once(server, "connection");
    const numbers = [...bed.host.split("."), port >> 8, port & 255];
    const answer = await ftp.request(`PORT ${numbers.join(",")}`);
    const [socket] = await connection;
    server.close();
    const session = ftp.socket.getSession();
    ftp.dataSocket = bed.upgrade(socket, { ...ftp.tlsOptions, session });
    return answer;
  };
}

/**
 * @param {{ implicit: boolean; active: boolean }} mode
 * @returns {(bed: import("../../bed.mjs").Bed) => Promise<void>}
 */
function visit({ implicit, active }) {
  return async (bed) => {
    const root = await mkdtemp(join(tmpdir(), "isonet-ftp-"));
    const { server, port } = await createServer(bed, root, implicit);
    const { Client } = bed.load("basic-ftp");
    const client = new Client(15_000);
    await client.access({
      ...{ host: bed.host, port, user: "user", password: "secret" },
      secure: implicit ? "implicit" : true,
      secureOptions: { ca: bed.cert, servername: "localhost" },
    });
    if (active) client.prepareTransfer = prepareActive(bed);
    await client.uploadFrom(Readable.from([FILE]), "file.bin");
    assert.ok(FILE.equals(await readFile(join(root, "file.bin"))));
    const names = (await client.list()).map(
      (/** @type {{ name: string }} */ { name }) => name,
    );
    assert.deepEqual(names, ["file.bin"]);
    /** @type {Buffer[]} */
    const chunks = [];
    const target = new Writable({
      write(chunk, _, done) {
        chunks.push(chunk);
        done();
      },
    });
    await client.downloadTo(target, "file.bin");
    assert.ok(FILE.equals(Buffer.concat(chunks)));
    client.close();
    await server.close();
    await rm(root, { recursive: true });
  };
}

/**
 * @param {string} kind
 * @param {boolean} implicit
 */
function casesOf(kind, implicit) {
  return {
    [`ftp-srv, ${kind} TLS, passive`]: visit({ implicit, active: false }),
    [`ftp-srv, ${kind} TLS, active`]: visit({ implicit, active: true }),
  };
}

/** @type {import("../all.mjs").Scenario} */
export const basicFtp = {
  name: "basic-ftp",
  others: ["ftp-srv"],
  cases: casesOf("explicit", false),
};

/**
 * Here both leave connecting and listening to `node:tls`.
 *
 * @type {import("../all.mjs").Scenario}
 */
export const implicitFtp = {
  name: "basic-ftp, implicit",
  others: ["ftp-srv"],
  continues: true,
  way: "register/all",
  cases: casesOf("implicit", true),
};
