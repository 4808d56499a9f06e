import Koa from "koa";
import work from "./work.cjs";

const app = new Koa();
app.use(async (context) => {
  if (context.path === "/fail") {
    context.status = 500;
    context.body = "failed";
    return;
  }
  context.set("x-own", String(await work.handle(context.path)));
  context.body = `done ${context.path}`;
});
const server = app.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
work.endOnSigterm(server);
