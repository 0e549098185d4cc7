/**
 * `imapflow` with Dovecot: STARTTLS in the middle of a conversation.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";

const MAIL = [
  ...["From: a@example.org", "To: b@example.org", "Subject: hello", ""],
  ..."a line of the mail\n".repeat(20_000).split("\n"),
].join("\r\n");

/** @type {import("../all.mjs").Scenario} */
export const imapflow = {
  name: "imapflow",
  service: "dovecot",
  cases: {
    async "STARTTLS, store a mail, fetch it, wait for one"(bed) {
      const { ImapFlow } = bed.load("imapflow");
      const user = `user${process.pid}`;
      const client = new ImapFlow({
        ...{ host: bed.host, port: bed.port, logger: false },
        ...{ secure: false, doSTARTTLS: true },
        auth: { user, pass: "secret" },
        tls: { ca: bed.cert, servername: "localhost" },
      });
      await client.connect();
      await client.append("INBOX", MAIL);
      const lock = await client.getMailboxLock("INBOX");
      const mail = await client.fetchOne("1", { source: true, envelope: true });
      assert.equal(mail.envelope.subject, "hello");
      assert.equal(String(mail.source), MAIL);
      const noticed = new Promise((resolve) => client.once("exists", resolve));
      await client.append("INBOX", MAIL);
      assert.equal(/** @type {any} */ (await noticed).count, 2);
      lock.release();
      await client.logout();
    },
  },
};
