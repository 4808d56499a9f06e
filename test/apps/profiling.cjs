// A server that takes CPU profiles itself: /session by a client of the inspector, /console and /end by the console.
const http = require("node:http");
const inspector = require("node:inspector");

const session = new inspector.Session();
session.connect();

function post(method, params) {
  return new Promise((resolve, reject) =>
    session.post(
      method,
      params,
      (error, result) => error ? reject(new Error(error.message)) : resolve(result),
    )
  );
}

/** CPU time, so that a busy machine makes no difference. */
function burn(milliseconds) {
  const used = () => process.cpuUsage().user + process.cpuUsage().system;
  for (const until = used() + milliseconds * 1000; used() < until;);
}

async function takeProfile() {
  await post("Profiler.enable");
  await post("Profiler.setSamplingInterval", { interval: 500 });
  await post("Profiler.start");
  // Longer than a window lasts.
  for (const until = Date.now() + 1300; Date.now() < until; await new Promise((go) => setTimeout(go, 20))) {
    burn(5);
  }
  const { profile } = await post("Profiler.stop");
  return profile.nodes.some((node) => node.callFrame.functionName === "burn") ? "burnt" : "nothing burnt";
}

const ways = {
  "/session": takeProfile,
  "/console": () => console.profile(),
  "/end": () => console.profileEnd(),
  "/counted": () => "counted",
  "/exit": () => void setImmediate(() => process.exit(0)),
};

http.createServer(async (request, response) => {
  try {
    const answer = await ways[request.url]();
    burn(60);
    response.end(answer ?? "done");
  } catch (error) {
    response.statusCode = 500;
    response.end(error.message);
  }
}).listen(0, "127.0.0.1", function () {
  console.log(`port ${this.address().port}`);
});
