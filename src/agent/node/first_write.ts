/** What is first written to a connection. */
import { guarded } from "../guarded.ts";

type Write = (...args: unknown[]) => unknown;

/** All that Node's streams call on a handle to write (lib/internal/stream_base_commons.js, 18 to 26). */
const WRITES = [
  "writeBuffer",
  "writev",
  "writeUtf8String",
  "writeAsciiString",
  "writeLatin1String",
  "writeUcs2String",
];

/** Where the header of an answer should have ended. */
const ENOUGH = 16 * 1024;

/**
 * Calls `look` with the beginning of what is first written to a handle, before it is.
 *
 * For that one write the handle, which no application sees, has methods of its own. No code of the application runs below them,
 * so they are on no stack.
 */
export function onFirstWrite(handle: object, look: (text: string) => void): void {
  const lookGuarded = guarded(look);
  const restore = () => {
    for (const name of WRITES) Reflect.deleteProperty(handle, name);
  };
  for (const name of WRITES) {
    const write = Reflect.get(handle, name) as Write | undefined;
    if (typeof write !== "function" || Object.hasOwn(handle, name)) continue;
    Object.defineProperty(handle, name, {
      configurable: true,
      value(this: object, ...args: unknown[]) {
        restore();
        lookGuarded(beginning(args[1]));
        return Reflect.apply(write, this, args);
      },
    });
  }
}

/** The first characters of a string or buffer, or of the first of several. */
function beginning(data: unknown): string {
  const first = Array.isArray(data) ? data[0] : data;
  if (typeof first === "string") return first.slice(0, ENOUGH);
  return first instanceof Uint8Array ? Buffer.from(first.subarray(0, ENOUGH)).toString("latin1") : "";
}
