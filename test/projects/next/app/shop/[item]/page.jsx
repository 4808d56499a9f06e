import { computeForPage } from "../../compute.js";

export const dynamic = "force-dynamic";

export default async function ItemPage({ params }) {
  const { item } = await params;
  computeForPage(30);
  return <h1>item {item}</h1>;
}
