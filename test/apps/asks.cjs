// Asks the server at $PORT for each path in its arguments and prints the answers; ends with 9 if one does not come.
const http = require("node:http");

function ask([path, ...rest]) {
  if (path === undefined) return;
  http.get({ port: process.env.PORT, path, agent: false }, (response) => {
    response.on("data", (data) => console.log(`${path}: ${String(data).trim()}`)).on("end", () => ask(rest));
  }).on("error", () => process.exit(9));
}
ask(process.argv.slice(2));
