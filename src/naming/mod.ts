/** Requests to names: Python's format strings, safe file names, routes. Nothing here touches a file, clock or process. */
export { type Fields, fieldsOf, type NamedRequest } from "./fields.ts";
export { routeOf } from "./route.ts";
export { MAX_NAME, type SafeName, safeName } from "./safe_name.ts";
export { formatTemplate, parseTemplate, type Template, TemplateError } from "./template.ts";
