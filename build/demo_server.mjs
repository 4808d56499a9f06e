/** A small shop that is slow in the ways real servers are: profile it with `make demo`. */
import { pbkdf2Sync } from "node:crypto";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import express from "express";

const products = Array.from({ length: 20_000 }, (_, id) => ({
  id,
  name: `product ${(id * 7919) % 20_000}`,
  price: (id * 31) % 997,
}));

const app = express();

app.get("/", (_request, response) => {
  response.send("a small shop");
});

app.get("/products/:id", async (request, response) => {
  await databaseAnswers();
  response.json(products[Number(request.params.id)]);
});

app.get("/search", async (request, response) => {
  await databaseAnswers();
  const hits = matching(String(request.query["q"] ?? ""));
  response.json(sortByName(hits).slice(0, 20));
});

app.post("/login", (_request, response) => {
  response.json({ token: hashPassword("correct horse battery staple") });
});

app.get("/report", async (_request, response) => {
  const template = await readFile(new URL(import.meta.url), "utf8");
  response.type("text").send(renderReport(template));
});

function databaseAnswers() {
  return delay(20);
}

function matching(words) {
  return products.filter(({ name }) => new RegExp(words, "i").test(name));
}

function sortByName(items) {
  return [...items].sort((a, b) => a.name.localeCompare(b.name));
}

function hashPassword(password) {
  return pbkdf2Sync(password, "salt", 60_000, 32, "sha512").toString("hex");
}

function renderReport(template) {
  let text = template;
  for (const { name, price } of products.slice(0, 2_000)) text = replaceAll(text, name, String(price));
  return text;
}

function replaceAll(text, from, to) {
  return text.split(from).join(to);
}

const server = app.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  console.log(`the shop is open on http://127.0.0.1:${port}`);
});

process.once("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
