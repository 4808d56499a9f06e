import express from "express";
import work from "./work.cjs";

const app = express();
const router = express.Router();
const answer = async (request, response) => {
  const own = await work.handle(request.originalUrl);
  response.set("x-own", String(own)).send(`done ${request.originalUrl}`);
};
router.get("/:id", answer);
app.use("/slow", router);
app.get("/fast/:id", answer);
app.get("/fail", (_request, response) => response.status(500).send("failed"));
const server = app.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
work.endOnSigterm(server);
