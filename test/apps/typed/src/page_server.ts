import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { RenderPage } from "./page.tsx";

interface Settings {
  readonly milliseconds: number;
}

const settings: Settings = { milliseconds: 60 };

const server: Server = createServer((_request, response): void => void response.end(RenderPage(settings)));
server.listen(0, "127.0.0.1", () => console.log("port " + (server.address() as AddressInfo).port));
process.once("SIGTERM", () => server.close(() => process.exit(0)));
