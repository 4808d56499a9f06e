// node handing.cjs files|pid|json|advanced [wrapper...]: a parent that hands things over, and says what the child made of them.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");

const [how, ...wrapper] = process.argv.slice(2);

const children = {
  files() {
    const read = (fd) => fs.readFileSync(fd, "utf8");
    const server = require("node:http").createServer().listen({ fd: 3 }, () => {
      console.log(
        "listens",
        server.listening,
        "file",
        read(5),
        "pipe",
        read(6),
        "behind gaps",
        read(9),
        read(33),
      );
      process.exit(3);
    });
  },
  pid() {
    const { LISTEN_PID, LISTEN_FDS, WATCHDOG_PID } = process.env;
    console.log("pid", LISTEN_PID === String(process.pid), WATCHDOG_PID, LISTEN_FDS, process.argv.slice(3));
  },
  json: talk,
  advanced: talk,
};

function talk() {
  const variables = Object.keys(process.env).filter((it) => it.startsWith("NODE_CHANNEL"));
  console.log("connected", process.connected, variables);
  process.send("ready");
  process.on("message", (message, handle) => {
    process.send({ echo: message, handle: handle?.constructor.name });
    if (message === "last") process.disconnect();
  });
  process.on("disconnect", () => setTimeout(() => process.exit(4), 20));
}

function parent() {
  const command = [...wrapper, process.execPath, __filename, "child", how];
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "handing-"));
  const file = (text) => {
    fs.writeFileSync(path.join(directory, text), text);
    return fs.openSync(path.join(directory, text));
  };
  const front = net.createServer().listen(0, "127.0.0.1", () => {
    const stdio = ["ignore", "inherit", "inherit"];
    const shell = ["sh", "-c", 'LISTEN_PID=$$ WATCHDOG_PID=1 LISTEN_FDS=1 exec "$@" "a b" "*"', "sh"];
    if (how === "files") {
      Object.assign(stdio, {
        3: front._handle,
        5: file("five"),
        6: "pipe",
        9: file("nine"),
        33: file("far"),
      });
    }
    if (how === "json" || how === "advanced") stdio[5] = "ipc";
    const [program, ...args] = how === "pid" ? [...shell, ...command] : command;
    const child = spawn(program, args, {
      stdio: Array.from(stdio, (it) => it ?? "ignore"),
      serialization: how === "files" || how === "pid" ? "json" : how,
    });
    child.stdio[6]?.end("through");
    child.on("message", (message) => console.log("message", message));
    child.on("disconnect", () => console.log("disconnected"));
    child.on("exit", (code) => {
      console.log("code", code);
      front.close();
      fs.rmSync(directory, { recursive: true });
    });
    if (!child.connected) return;
    if (process.env.LATE) child.once("message", say);
    else say();
    function say() {
      child.send("early");
      if (how === "advanced") child.send(new Map([["key", 1n]]));
      for (let i = 0; i < 20; i++) child.send(i);
      child.send("server", front);
      child.send("last");
    }
  });
}

if (how === "child") children[wrapper[0]]();
else parent();
