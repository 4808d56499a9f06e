/** What is around every page: the head, the state of the run, and which page is shown. */
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Run } from "../api.ts";
import { addressText, useAddress } from "./address.ts";
import { Blank } from "./blank.tsx";
import { ComparePage } from "./compare_page.tsx";
import { counted } from "./format.ts";
import { FunctionsPage } from "./functions_page.tsx";
import { Help } from "./help.tsx";
import type { PageProps } from "./page_props.ts";
import { RequestPage } from "./request_page.tsx";
import { RequestsPage } from "./requests_page.tsx";
import { RoutePage } from "./route_page.tsx";
import { RoutesPage } from "./routes_page.tsx";
import { type Source, Unauthorised } from "./source.ts";
import { type Theme, useTheme } from "./theme.ts";

const tabs = [
  { name: "requests", title: "Requests", holds: ["request"] },
  { name: "routes", title: "Routes", holds: ["route"] },
  { name: "functions", title: "Functions", holds: [] },
  { name: "compare", title: "Compare", holds: [] },
] as const;

export function App({ source }: { readonly source: Source }): VNode {
  const { run, error } = useRun(source);
  const address = useAddress();
  const [name = "requests"] = address.path;
  useEffect(() => {
    document.title = [address.path[1] ?? name, run?.command.join(" ") ?? "", "profsrv"].filter(Boolean).join(
      " · ",
    );
  }, [name, address.path[1], run?.command.join(" ")]);
  if (error instanceof Unauthorised) {
    return <Blank title="The server does not know this page">{error.message}</Blank>;
  }
  if (run === undefined) {
    return (
      <Blank title={error === undefined ? "Loading the run …" : "The run cannot be shown"}>
        {error?.message}
      </Blank>
    );
  }
  return (
    <div class="frame">
      <Head source={source} run={run} name={name} />
      <main>
        {error === undefined ? "" : <p class="notice failed" role="alert">{error.message}</p>}
        <Notes run={run} />
        {run.requests === 0 ? <NoRequests run={run} /> : <Page source={source} run={run} address={address} />}
      </main>
      <Help />
    </div>
  );
}

function Page(props: PageProps) {
  const [name = "requests", about] = props.address.path;
  if (name === "request" && about !== undefined) return <RequestPage key={about} {...props} id={about} />;
  if (name === "route" && about !== undefined) return <RoutePage key={about} {...props} name={about} />;
  if (name === "routes") return <RoutesPage {...props} />;
  if (name === "functions") return <FunctionsPage {...props} />;
  if (name === "compare") return <ComparePage {...props} />;
  return <RequestsPage {...props} />;
}

function Head({ source, run, name }: Omit<PageProps, "address"> & { readonly name: string }) {
  const [theme, setTheme] = useTheme();
  return (
    <header class="head">
      <a class="brand" href={addressText({ path: ["requests"] })}>profsrv</a>
      <nav aria-label="Pages">
        {tabs.filter((it) => !source.isFile || it.name !== "compare").map(({ name: tab, title, holds }) => (
          <a
            key={tab}
            href={addressText({ path: [tab] })}
            aria-current={tab === name || (holds as readonly string[]).includes(name) ? "page" : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <code class="command cut" title={`${run.command.join(" ")}\n${run.directory}`}>
        {run.command.join(" ")}
      </code>
      <State run={run} />
      <select
        aria-label="Colours"
        title="Light or dark"
        value={theme}
        onChange={(event) => setTheme(event.currentTarget.value as Theme)}
      >
        <option value="system">auto</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </header>
  );
}

function State({ run: { state, exit, requests } }: { readonly run: Run }) {
  const words = state === "live" ? "live" : state === "killed" ? "profsrv was killed" : exit;
  return (
    <span class={`state ${state === "killed" ? "bad" : state}`} role="status">
      {words} · {counted(requests, "request")}
    </span>
  );
}

function Notes({ run: { notes, read, profiled, gone, requests } }: { readonly run: Run }) {
  return (
    <>
      {read < 1 && requests > 0
        ? (
          <p class="notice">
            {Math.floor(read * 100)} % of the run has been read: all sums are of this part.
          </p>
        )
        : ""}
      {requests > 0 ? notes.map((it) => <p key={it} class="notice">{it}</p>) : ""}
      {gone > 0
        ? (
          <p class="notice">
            {counted(gone, "profile")} of {profiled} {gone === 1 ? "is" : "are"}{" "}
            gone: removed by --max-files or --max-size, or by hand. Their requests are listed, with all of
            their times.
          </p>
        )
        : ""}
    </>
  );
}

function NoRequests({ run: { state, read, notes, exit } }: { readonly run: Run }) {
  if (read < 1) return <Blank title="Reading the run …" />;
  if (state === "live") {
    return <Blank title="No request yet">Requests appear here as soon as they end.</Blank>;
  }
  return (
    <Blank title="No request was recorded">
      {notes.length > 0 ? notes.join(" ") : `The command ${exit}.`}
    </Blank>
  );
}

function useRun(source: Source): { run?: Run; error?: Error } {
  const [state, setState] = useState<{ run?: Run; error?: Error }>({});
  useLayoutEffect(
    () => source.watch((run) => setState({ run }), (error) => setState((old) => ({ ...old, error }))),
    [source],
  );
  return state;
}
