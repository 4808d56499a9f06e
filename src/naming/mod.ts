/** Requests to names: Python's format strings, safe file names, routes, and what of them is a secret. Nothing here touches a file, clock or process. */
export { type Fields, fieldsOf, type NamedRequest } from "./fields.ts";
export { parseRedaction, type Redaction, STANDARD_REDACTION } from "./redaction.ts";
export { Memo } from "./memo.ts";
export { type RequestName, RequestNames } from "./request_names.ts";
export { isKnownRoute, routeOf } from "./route.ts";
export { MAX_NAME, type SafeName, safeName } from "./safe_name.ts";
export { whyUnfitOnWindows } from "./windows_path.ts";
export { formatTemplate, parseTemplate, type Template, TemplateError } from "./template.ts";
