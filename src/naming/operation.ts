/** What was asked for at an endpoint for many operations, as far as the URL tells: GraphQL and tRPC. */
import { decodePercent } from "./percent.ts";

/** A name as such operations have them; anything else is not taken for one. */
const NAME = /^[\w$][\w$.:-]{0,99}$/;

/** So much of a document is read, in UTF-16 units, and so deep. */
const MAX_DOCUMENT = 4000;
const MAX_DEPTH = 20;
const INNERMOST = /\{[^{}]*\}/g;

/** Digits of a hash that tell operations apart. */
const HASH_DIGITS = 12;

/**
 * The name of a GraphQL operation: as told, by the parameter `operationName`, in the query, or for a persisted one its hash.
 * https://graphql.github.io/graphql-over-http/draft/#sec-GET
 */
export function operationOf(
  { path, query, told }: {
    readonly path: string;
    readonly query: string;
    readonly told?: string | undefined;
  },
): string | undefined {
  const isGraphQl = /graphql|gql/i.test(path);
  if (!isGraphQl && !query.includes("operationName=")) return named(told);
  const parameter = (name: string) => parameterOf(query, name);
  return named(told) ?? named(parameter("operationName")) ??
    named(firstOperation(parameter("query") ?? "")) ??
    hash(parameter("documentId")) ??
    hash(/"sha256Hash"\s*:\s*"(\w+)"/.exec(parameter("extensions") ?? "")?.[1]);
}

/**
 * The procedure of tRPC that a path is for, of a batch the first, and how many segments stand before it.
 * https://trpc.io/docs/rpc
 */
export function procedureOf(segments: readonly string[]): { name: string; depth: number } | undefined {
  const depth = segments.indexOf("trpc") + 1;
  if (depth === 0 || depth !== segments.length - 1) return undefined;
  const name = named(decodePercent(segments[depth]!).split(",", 1)[0]);
  return name === undefined ? undefined : { name, depth };
}

/** The name of the first operation of a document. Fragments and comments may stand before it, and a field may be called `query`. */
function firstOperation(document: string): string | undefined {
  let rest = document.slice(0, MAX_DOCUMENT).replace(/#[^\r\n]*/g, "");
  for (let depth = 0; depth < MAX_DEPTH && rest.includes("}"); depth++) rest = rest.replace(INNERMOST, ";");
  return /(?:^|;)\s*(?:query|mutation|subscription)\s+(\w+)/.exec(rest.split("{", 1)[0]!)?.[1];
}

function named(name: string | undefined): string | undefined {
  return name !== undefined && NAME.test(name) ? name : undefined;
}

/** `sha256:…`, or the digits alone. */
function hash(id: string | undefined): string | undefined {
  const [, digits] = /^(?:\w+:)?(\w+)$/.exec(id ?? "") ?? [];
  return digits?.slice(0, HASH_DIGITS);
}

function parameterOf(query: string, name: string): string | undefined {
  const given = query.split("&").find((it) => it.startsWith(`${name}=`));
  return given === undefined ? undefined : decodePercent(given.slice(name.length + 1).replaceAll("+", " "));
}
