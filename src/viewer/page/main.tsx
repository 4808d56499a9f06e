/** The page of `profsrv view`. */
import "./page.css";
import { render } from "preact";
import { parseAddress } from "./address.ts";
import { App } from "./app.tsx";
import { Blank } from "./blank.tsx";
import { FileSource } from "./file_source.ts";
import { prepareFirstPage } from "./requests_asked.ts";
import { findSecret } from "./secret.ts";
import { ServerSource } from "./server_source.ts";
import type { Source } from "./source.ts";

const place = document.getElementById("page")!;

async function findSource(): Promise<Source | undefined> {
  const embedded = document.getElementById("embedded")?.textContent;
  if (embedded) return new FileSource(JSON.parse(embedded));
  const secret = await findSecret();
  if (secret === undefined) return undefined;
  const source = new ServerSource(secret);
  prepareFirstPage(source, parseAddress(location.hash));
  return source;
}

findSource().then(
  (source) => {
    if (source !== undefined) render(<App source={source} />, place);
    else {
      render(
        <Blank title="This address is not complete">
          Open the whole address that profsrv printed in the terminal, with what follows the #.
        </Blank>,
        place,
      );
    }
  },
  (error: Error) => render(<Blank title="The page cannot be shown">{error.message}</Blank>, place),
);
