// gRPC.
const grpc = require("@grpc/grpc-js");

const asIs = (bytes) => bytes;
const methods = {
  get: {
    path: "/shop.v1.Orders/Get",
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};
const server = new grpc.Server();
server.addService(methods, { get: (_call, done) => done(null, Buffer.from("an order")) });
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), async (_error, port) => {
  const Client = grpc.makeGenericClientConstructor(methods, "shop.v1.Orders");
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  for (let i = 0; i < 3; i++) await new Promise((resolve) => client.get(Buffer.from("x"), resolve));
  client.close();
  server.tryShutdown(() => {});
});
