/**
 * `nodemailer` with `smtp-server`: STARTTLS in the middle of a conversation.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";

const ATTACHMENT = Buffer.alloc(1 << 20, "attached ");

/**
 * @param {import("../../bed.mjs").Bed} bed
 * @param {object} options
 */
async function createServer(bed, options) {
  const { SMTPServer } = bed.load("smtp-server");
  /** @type {string[]} */
  const mails = [];
  const server = new SMTPServer({
    ...{ key: bed.key, cert: bed.cert, logger: false },
    /** @type {(login: any, session: any, done: Function) => void} */
    onAuth({ username, password }, { secure }, done) {
      assert.deepEqual({ username, password, secure }, {
        ...{ username: "user", password: "secret", secure: true },
      });
      done(null, { user: username });
    },
    /** @type {(stream: AsyncIterable<Buffer>, _: unknown, done: Function) => void} */
    async onData(stream, _, done) {
      let text = "";
      for await (const chunk of stream) text += chunk.toString("latin1");
      mails.push(text);
      done();
    },
    ...options,
  });
  server.on("error", (/** @type {Error} */ error) => {
    throw error;
  });
  server.listen(0, bed.host);
  await once(server.server, "listening");
  return { server, mails, port: server.server.address().port };
}

/**
 * @param {any} transport
 * @param {string[]} mails
 */
async function sendMail(transport, mails) {
  const { accepted } = await transport.sendMail({
    ...{ from: "a@example.org", to: "b@example.org", subject: "hello" },
    text: "a mail",
    attachments: [{ filename: "file.bin", content: ATTACHMENT }],
  });
  assert.deepEqual(accepted, ["b@example.org"]);
  const mail = mails.at(-1) ?? "";
  assert.match(mail, /^Subject: hello\r$/m);
  const encoded = ATTACHMENT.toString("base64");
  assert.ok(mail.replaceAll("\r\n", "").includes(encoded));
}

/** @type {import("../all.mjs").Scenario} */
export const nodemailer = {
  name: "nodemailer",
  others: ["smtp-server"],
  cases: {
    async "smtp-server, STARTTLS"(bed) {
      const { server, mails, port } = await createServer(bed, {});
      const transport = bed.load("nodemailer").createTransport({
        ...{ host: bed.host, port, secure: false, requireTLS: true },
        auth: { user: "user", pass: "secret" },
        tls: { ca: bed.cert, servername: "localhost" },
        ...{ pool: true, maxConnections: 1 },
      });
      await sendMail(transport, mails);
      await sendMail(transport, mails);
      transport.close();
      await new Promise((resolve) => server.close(resolve));
    },
    async "smtp-server, TLS at once over an open connection"(bed) {
      const options = { secure: true, needsUpgrade: true };
      const { server, mails, port } = await createServer(bed, options);
      const connection = bed.net.connect(port, bed.host);
      await once(connection, "connect");
      const transport = bed.load("nodemailer").createTransport({
        ...{ host: bed.host, port, secure: true, connection },
        auth: { user: "user", pass: "secret" },
        tls: { ca: bed.cert, servername: "localhost" },
      });
      await sendMail(transport, mails);
      transport.close();
      await new Promise((resolve) => server.close(resolve));
    },
  },
};
