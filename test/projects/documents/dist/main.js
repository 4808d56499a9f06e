// Nest, as its build makes it.
require("reflect-metadata");
const { Controller, Get, Module, Post } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { hashPassword, visit } = require("../visits.cjs");

class Shop {
  user() {
    return "a user";
  }
  login() {
    return hashPassword();
  }
}
const decorate = (name, decorator) =>
  decorator(Shop.prototype, name, Object.getOwnPropertyDescriptor(Shop.prototype, name));
decorate("user", Get("users/:id"));
decorate("login", Post("login"));
Controller()(Shop);
class ShopModule {}
Module({ controllers: [Shop] })(ShopModule);

NestFactory.create(ShopModule, { logger: false }).then(async (app) => {
  await app.listen(0, "127.0.0.1");
  const server = app.getHttpServer();
  await visit(server.address().port);
  server.closeAllConnections();
  await app.close();
});
