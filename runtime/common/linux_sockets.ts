/**
 * The numbers that Linux has for sockets, from its C headers.
 *
 * @module
 */

export const AF_UNSPEC = 0;
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** `SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC`. */
export const STREAM: number = 1 | 0o4000 | 0o2000000;

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_RCVBUF = 8;
export const SO_KEEPALIVE = 9;
export const SO_REUSEPORT = 15;
export const SO_ACCEPTCONN = 30;
export const SO_BUF_LOCK = 72;
export const IPPROTO_IP = 0;
export const IP_TOS = 1;
export const IPPROTO_TCP = 6;
export const TCP_KEEPIDLE = 4;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const IPV6_TCLASS = 67;

/** What `shutdown(2)` ends. */
export const SHUT_WR = 1;

/** Command of `fcntl(2)`. */
export const F_DUPFD_CLOEXEC = 1030;

/** `sizeof(sockaddr_un.sun_path)` in bytes. */
export const SUN_PATH_SIZE = 108;

export const EACCES = 13;
export const EINVAL = 22;
export const EINPROGRESS = 115;
