/** An empty file of this name beside the streams' says that some process has loaded the agent. */
export const LOADED_FILE = "loaded";

/**
 * Names of spool files: `<pid>-<tid>-<instance>.<number>.spool`.
 *
 * Each process or thread appends to one file and goes on to the next number when it is large; a file whose successor
 * exists is complete. `instance` is random, so a recycled pid never continues another process's stream.
 */
export interface SpoolFile {
  /** Everything before the number: one stream of messages. */
  readonly stream: string;
  readonly pid: number;
  readonly instance: string;
  readonly number: number;
}

const PATTERN = /^((\d+)-\d+-([0-9a-f]+))\.(\d+)\.spool$/;

/** The name of one file of a stream. */
export function spoolFileName(stream: string, number: number): string {
  return `${stream}.${number}.spool`;
}

/** Reads a name back; null if it is no spool file. */
export function parseSpoolFileName(name: string): SpoolFile | null {
  const match = PATTERN.exec(name);
  if (match === null) return null;
  const [, stream = "", pid, instance = "", number] = match;
  return { stream, pid: Number(pid), instance, number: Number(number) };
}

/** The empty file by which a Node that is too old for the agent tells its version. */
export function oldNodeFileName(version: string): string {
  return `old-node-${version}`;
}

/** Reads a version back; null if the name is another. */
export function parseOldNodeFileName(name: string): string | null {
  return /^old-node-(\d+\.\d+\.\d+)$/.exec(name)?.[1] ?? null;
}
