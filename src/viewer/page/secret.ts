/**
 * The secret that the server wants to see. It comes in the address once, as `#secret=…`, and is taken out of it: what is copied
 * from the address bar, or stands in the browser's history, does not hold it. Other tabs of the same server may have it, too.
 */
const key = "profsrv-secret";
/** Another tab answers sooner. */
const PATIENCE_MS = 300;

interface Message {
  readonly kind: "wanted" | "given";
  readonly secret?: string;
}

/** The secret; undefined if neither the address nor another tab has it. Another tab of this server gets it from now on. */
export async function findSecret(): Promise<string | undefined> {
  const channel = new BroadcastChannel(key);
  const secret = fromAddress() ?? sessionStorage.getItem(key) ?? await fromOtherTab(channel);
  if (secret === undefined) return undefined;
  sessionStorage.setItem(key, secret);
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "wanted") channel.postMessage({ kind: "given", secret } satisfies Message);
  };
  return secret;
}

/** The page that the rest of the fragment names stays in the address. */
function fromAddress(): string | undefined {
  const [, secret] = /^#secret=([^&]+)/.exec(location.hash) ?? [];
  if (secret === undefined) return undefined;
  history.replaceState(null, "", location.hash.replace(/^#secret=[^&]+&?/, "#"));
  return secret;
}

function fromOtherTab(channel: BroadcastChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS, undefined);
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind !== "given") return;
      clearTimeout(timer);
      resolve(data.secret);
    };
    channel.postMessage({ kind: "wanted" } satisfies Message);
  });
}
