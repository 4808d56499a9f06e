import { folded } from "../../src/formats/folded.ts";
import { requestProfileOf } from "../support/folded.ts";
import { testFormat } from "./cases.ts";
import { golden } from "./golden.ts";
import { foldedReader } from "./readers/folded.ts";

testFormat(folded, foldedReader);

Deno.test("a stack has one line with all its time, its frames shown as in stack traces", () => {
  const text = "a 1\n a;b@/lib/b.js:6 2\n - 5\n a 4\n (program) 8\n a;@/lib/b.js:9 16\n a;c 0";
  golden("small.folded", folded.write(requestProfileOf(text)));
});
