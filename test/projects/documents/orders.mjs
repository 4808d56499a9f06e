// Exports its orders.
import { createServer } from "node:http";
import { visit } from "./visits.cjs";

const withTotals = (rows) =>
  rows.reduce((all, row) => [...all, { ...row, total: row.count * row.price }], []);

const orders = Array.from({ length: 1000 }, (_, id) => ({ id, count: id % 7, price: id % 101 }));
const exportOrders = () =>
  withTotals(orders).map(({ id, total }) => `${id},${total}`).join("\n");
const orderText = (id) => JSON.stringify(orders[id]);

const answers = (path) =>
  path === "/export" ? exportOrders() : orderText(path.split("/").at(-1));
const server = createServer(({ url }, response) => response.end(answers(url))).listen(0, "127.0.0.1", async () => {
  await visit(server.address().port, Array(5).fill([["GET", "/export"], ["GET", "/orders/41"]]).flat());
  server.close();
  server.closeAllConnections();
});
