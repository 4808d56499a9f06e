/** The keywords of JSON Schema that speedscope's schema uses; any other is refused, not ignored. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Why a value does not fit a schema; empty if it does. https://json-schema.org/draft-07 */
export function schemaErrors(value: unknown, root: Schema): string[] {
  const errors: string[] = [];
  function visit(value: unknown, schema: Schema, path: string): void {
    const say = (isRight: boolean, what: string): void => void (isRight || errors.push(`${path} ${what}`));
    for (const [keyword, rule] of Object.entries(schema)) {
      if (keyword === "$ref") visit(value, definition(rule as string), path);
      else if (keyword === "type") say(isOfType(value, rule as string), `is no ${rule}`);
      else if (keyword === "const") say(value === rule, `is not ${rule}`);
      else if (keyword === "enum") say((rule as unknown[]).includes(value), `is none of ${rule}`);
      else if (keyword === "required") {
        for (const key of rule as string[]) say(Object.hasOwn(Object(value), key), `has no ${key}`);
      } else if (keyword === "properties") {
        for (const [key, inner] of Object.entries(rule as Record<string, Schema>)) {
          if (Object.hasOwn(Object(value), key)) visit(Object(value)[key], inner, `${path}.${key}`);
        }
      } else if (keyword === "items") {
        for (const [i, item] of (Array.isArray(value) ? value : []).entries()) {
          visit(item, rule as Schema, `${path}[${i}]`);
        }
      } else if (keyword === "anyOf") {
        const fits = (rule as Schema[]).some((option) => fitsSchema(value, option));
        say(fits, "fits none of the alternatives");
      } else if (!["title", "definitions", "$schema"].includes(keyword)) {
        throw new Error(`Cannot check "${keyword}": not written yet`);
      }
    }
  }

  function fitsSchema(value: unknown, schema: Schema): boolean {
    const before = errors.length;
    visit(value, schema, "");
    return errors.splice(before).length === 0;
  }

  function definition(reference: string): Schema {
    const name = decodeURIComponent(reference.replace("#/definitions/", ""));
    return (root["definitions"] as Record<string, Schema>)[name]!;
  }

  visit(value, root, "file");
  return errors;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "array") return Array.isArray(value);
  return typeof value === type && value !== null && !Array.isArray(value);
}
