/** Options of `runprofileserver` in Django, whose users look for them here. Pure. */
export const MODEL_WORDS: Readonly<Record<string, string>> = {
  nothreading: "--serial does that here: the server handles one request at a time",
  "use-cprofile": "--calls does that here: it counts each call",
  noreload: "profsrv never restarts the command by itself",
};
