import { computeForPage } from "../../compute.js";

export const dynamic = "force-dynamic";

export function GET() {
  computeForPage(30);
  return Response.json({ hello: "world" });
}
