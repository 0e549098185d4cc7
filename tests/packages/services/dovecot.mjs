/**
 * Dovecot, for `imapflow`.
 *
 * @module
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** @type {import("./service.mjs").Service} */
export const dovecot = {
  title: "Dovecot",
  program: "dovecot",
  folders: ["/usr/sbin"],
  hint: "apt-get install dovecot-imapd",
  ready: /starting up/,
  command({ folder, port, key, cert }) {
    const mail = join(folder, "mail");
    mkdirSync(mail);
    chmodSync(mail, 0o777);
    // It serves mail for nobody but a user who is not root.
    const [uid, gid] = process.getuid?.() === 0
      ? [65534, 65534]
      : [process.getuid?.(), process.getgid?.()];
    const file = join(folder, "dovecot.conf");
    writeFileSync(
      file,
      `
base_dir = ${join(folder, "run")}
state_dir = ${join(folder, "state")}
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap
ssl = required
ssl_cert = <${cert}
ssl_key = <${key}
mail_location = maildir:${mail}/%u
first_valid_uid = 1
first_valid_gid = 1
mail_uid = ${uid}
mail_gid = ${gid}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${mail}/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
`,
    );
    return Promise.resolve(["dovecot", "-F", "-c", file]);
  },
};
