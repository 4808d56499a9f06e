// Four functions of which the work is known: 4, 3, 2 and 1 parts of it. `/work` takes some 3 ms where the machine is idle, `/cheap` hardly any.
const http = require("http");

let state = 1;

function burn(rounds) {
  for (let round = 0; round < rounds; round++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
}

/** So many rounds take 0.3 ms; the shortest of many attempts, as the first ones are slow. */
function calibrated() {
  const rounds = 100_000;
  let least = Infinity;
  for (let attempt = 0; attempt < 100; attempt++) {
    const start = performance.now();
    burn(rounds);
    least = Math.min(least, performance.now() - start);
  }
  return Math.round(rounds * 0.3 / least);
}

const part = calibrated();

function alpha() {
  burn(4 * part);
}

function beta() {
  burn(3 * part);
}

function gamma() {
  burn(2 * part);
}

function delta() {
  burn(part);
}

const server = http.createServer((request, response) => {
  if (request.url === "/work") {
    alpha();
    beta();
    gamma();
    delta();
  }
  response.end();
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} pid ${process.pid}`));
