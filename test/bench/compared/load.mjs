/** Asks the server at $PORT for its routes at random, RATE requests a second for SECONDS, whether it keeps up or not. */
import http from "node:http";

const { PORT, RATE = "120", SECONDS = "60" } = process.env;
const paths = ["/login", "/catalog", "/report"];
const agent = new http.Agent({ keepAlive: true });

const ask = (path) =>
  new Promise((resolve) =>
    http.get({ port: Number(PORT), path, agent }, (answer) => answer.resume().on("end", resolve))
      .on("error", resolve)
  );

const asked = [];
const end = performance.now() + 1000 * Number(SECONDS);
while (performance.now() < end) {
  asked.push(ask(paths[Math.floor(Math.random() * paths.length)]));
  await new Promise((resolve) => setTimeout(resolve, -Math.log(1 - Math.random()) * 1000 / Number(RATE)));
}
await Promise.all(asked);
agent.destroy();
