/** An Express server that is bundled as a whole, with Express. */
import express from "express";
import { burnPrimes } from "./burn.ts";

interface Asked {
  readonly params: Readonly<Record<string, string>>;
}
interface Answer {
  send(text: string): void;
}

const answer = ({ params }: Asked, response: Answer): void =>
  response.send(`${Object.values(params).join()} ${burnPrimes({ ms: 25 })}`);
const fail = (): never => {
  throw new Error(`failing with ${burnPrimes({ ms: 25 })}`);
};

const things = express.Router({ mergeParams: true });
things.get("/", answer);
things.get("/parts/:part", answer);
things.get("/failing", fail);
const app = express();
app.set("env", "test");
app.use("/things/:name", things);
const server = app.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.once("SIGTERM", () => process.exit(0));
