/**
 * A server of three routes and six functions whose times are skewed, as real ones are. SLOWER=hash:1.2 makes one of them
 * take 1.2 times as long. The work is counted, not timed: a busy machine makes it take longer.
 */
import { createServer } from "node:http";

const [slower = "", factor = "1"] = (process.env.SLOWER ?? "").split(":");

/** Log-normal around 1: a tenth of the requests have twice as much to do. */
function size() {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Math.exp(0.5 * normal);
}

/** How often a loop is to run: some `usual` thirds of a millisecond on an idle machine. */
const rounds = (name, usual) => UNIT * usual * size() * (name === slower ? Number(factor) : 1);
const UNIT = 6_000;

// Each has a loop of its own: a profile names the function that ran, and shared work would be one for all.
function hash() {
  let value = 0;
  for (let i = rounds("hash", 4); i > 0; i--) value = (value * 31 + i) % 1000003;
  return value;
}
function session() {
  let value = 0;
  for (let i = rounds("session", 1); i > 0; i--) value = (value * 31 + i) % 1000005;
  return value;
}
function price() {
  let value = 0;
  for (let i = rounds("price", 2); i > 0; i--) value = (value * 31 + i) % 1000007;
  return value;
}
function render() {
  let value = 0;
  for (let i = rounds("render", 3); i > 0; i--) value = (value * 31 + i) % 1000009;
  return value;
}
function aggregate() {
  let value = 0;
  for (let i = rounds("aggregate", 4); i > 0; i--) value = (value * 31 + i) % 1000011;
  return value;
}
function chart() {
  let value = 0;
  for (let i = rounds("chart", 2); i > 0; i--) value = (value * 31 + i) % 1000013;
  return value;
}

const routes = {
  "/login": () => hash() + session(),
  "/catalog": () => price() + render(),
  "/report": () => aggregate() + chart() + session(),
};

createServer((request, response) => {
  const work = routes[request.url];
  const first = work?.();
  setTimeout(() => response.end(`${first}\n`), 2);
}).listen(0);
