// Lists its products, the cheapest first.
import { createServer } from "node:http";
import { visit } from "./visits.cjs";

const taxOf = (price) =>
  [0.05, 0.02].reduce((sum, rate) => sum + price * rate, 0);

function priceOf(product) {
  return product.net + taxOf(product.net);
}
const cheapestFirst = (a, b) => priceOf(a) - priceOf(b);

const products = Array.from({ length: 500 }, (_, i) => ({ name: `product ${i}`, net: (i * 7919) % 1009 }));
const list = () =>
  [...products].sort(cheapestFirst).map((it) => ({ name: it.name, price: priceOf(it) }));

const server = createServer((_request, response) => response.end(JSON.stringify(list()))).listen(0, "127.0.0.1", async () => {
  await visit(server.address().port, Array(5).fill(["GET", "/products"]));
  server.close();
  server.closeAllConnections();
});
