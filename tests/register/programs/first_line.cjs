const register = "isonet/register";
require(register);
require("./cjs.cjs");
