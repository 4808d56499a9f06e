/**
 * A program that counts signals and shows what it reads. SIGUSR2, which only profsrv passes on, makes it print the counts and
 * end with 5.
 */
export const COUNTING = `
const counts = {};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGWINCH", "SIGCONT"]) {
  process.on(signal, () => {
    counts[signal] = (counts[signal] ?? 0) + 1;
    console.log("got", signal, counts[signal]);
  });
}
process.on("SIGUSR2", () => {
  console.log(JSON.stringify(counts));
  process.exit(5);
});
process.stdin.on("data", (data) => console.log("read", JSON.stringify(String(data))));
setInterval(() => {}, 1000);
console.log(["ready", process.pid, process.stdin.isTTY === true, process.stdout.isTTY === true].join(" "));
`;
