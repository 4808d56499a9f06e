/** What frameworks tell of a request while it runs. */
import { OPERATION } from "../protocol/pattern.ts";

/** As far as anything was told. */
export interface Told {
  /** The pattern of the route that the request was for. */
  pattern?: string | undefined;
  /** Gives that pattern once the framework has found it; what the application keeps there may be anything. */
  later?: () => unknown;
  /** What the request asks for at an endpoint for many things: the first operation of GraphQL. */
  operation?: string | undefined;
}

/** As one text; undefined if neither is known. */
export function routeText({ pattern, operation }: Told): string | undefined {
  return operation === undefined ? pattern : (pattern ?? "") + OPERATION + operation;
}

/** Apollo's clients name in it what otherwise only a body tells. */
const OPERATION_HEADER = "x-apollo-operation-name";

/** The operation of GraphQL that a client says it asks for. What stands in the URL is read later, by the wrapper. */
export function namedOperation(
  url: string,
  headerOf: (name: string) => string | undefined,
): string | undefined {
  // A regular expression alone would cost more.
  return (url.includes("ql") || url.includes("QL")) && /graphql|gql/i.test(url)
    ? headerOf(OPERATION_HEADER)
    : undefined;
}
