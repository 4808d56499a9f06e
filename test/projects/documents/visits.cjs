/** Sends a server what customers would send it: some requests of a few kinds, until it has answered them all. */
const visits = [["GET", "/users/41"], ["GET", "/users/42"], ["POST", "/login"], ["GET", "/users/43"]];

exports.visit = async (port, these = visits) => {
  for (const [method, path] of these) await (await fetch(`http://127.0.0.1:${port}${path}`, { method })).text();
};

/** The work of `POST /login`. */
exports.hashPassword = () => {
  const until = Date.now() + 5;
  while (Date.now() < until);
  return "token";
};
