/** Where the page has the run from: the server of `profsrv view`, or what `--html` has put into the page. */
import type { EndpointName, Endpoints, ProfileQuery, Run } from "../api.ts";

/** Endpoints that give one answer to one question. */
export type Question = Exclude<EndpointName, "run" | "profile">;

/** A profile to be shown or kept. */
export interface ProfileFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Where speedscope's page is: at an address, or as a text. */
export type Speedscope = { readonly src: string } | { readonly srcdoc: string };

export interface Source {
  /** Whether this is a file: nothing changes in it, and there are no other runs and formats. */
  readonly isFile: boolean;
  /** Tells of the run, at once and whenever it has changed, and of what goes wrong; gives what ends that. */
  watch(told: (run: Run) => void, failed: (why: Error) => void): () => void;
  /** Asks what will be asked soon. */
  prepare<Name extends EndpointName>(name: Name, asks: Endpoints[Name]["asks"]): void;
  ask<Name extends Question>(
    name: Name,
    asks: Endpoints[Name]["asks"],
    signal?: AbortSignal,
  ): Promise<Endpoints[Name]["answer"]>;
  profile(asks: ProfileQuery, signal?: AbortSignal): Promise<ProfileFile>;
  speedscope(): Promise<Speedscope>;
}

/** The answer is that there is no such thing. */
export class NotFound extends Error {}

/** The server does not know who asks. */
export class Unauthorised extends Error {}
