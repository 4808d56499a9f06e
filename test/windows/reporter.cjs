/**
 * Runs a command on Windows and writes how it ends: reporter.cjs DIR command... Its output goes to files, for below wine Node cannot
 * write to pipes. The codes of Windows have 32 bits, of which nothing but the last eight gets out of wine.
 */
const { spawn } = require("node:child_process");
const { openSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const [directory, file, ...args] = process.argv.slice(2);
const [stdout, stderr] = ["stdout", "stderr"].map((it) => openSync(join(directory, it), "a"));
// Wine itself sets some variables, such as TEMP.
const env = { ...process.env, ...JSON.parse(readFileSync(join(directory, "environment"), "utf8")) };
// With us the console goes, and with that all who have it.
const stays = process.env.STAYS !== undefined;
let isOver = false;
// Ctrl-C is for the command: the console tells everybody.
for (const signal of ["SIGINT", "SIGBREAK", "SIGHUP"]) process.on(signal, () => isOver && process.exit());

function report(end) {
  isOver = true;
  writeFileSync(join(directory, "ended"), JSON.stringify(end));
  if (stays) setInterval(() => {}, 1000);
  else process.exit();
}

const child = spawn(file, args, { stdio: ["inherit", stdout, stderr], env });
writeFileSync(join(directory, "pid"), String(child.pid));
child.on("error", ({ message }) => report({ error: message }));
child.on("exit", (code, signal) => report({ code, signal }));
