const register = "isonet/register";
await import(register);
await import("./esm.mjs");
