/**
 * A file is not what it has to be, and was neither read nor written. `reason` is half a sentence that needs no path,
 * such as `it is a symbolic link`; `reasonOf` gives it.
 */
export class FileRefused extends Error {
  override name = "FileRefused";
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`"${path}": ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}
