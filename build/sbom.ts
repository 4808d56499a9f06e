/** What is inside an executable, as a CycloneDX list: https://cyclonedx.org/docs/1.6/json/ */
import config from "../deno.json" with { type: "json" };
import type { BundledPackage } from "./bundled_packages.ts";
import type { InsidePackage } from "./inside_speedscope.ts";

/** A package of npm that carries Node. */
export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-<base64>`. */
  readonly integrity: string;
}

/** What the list is made of. */
export interface Inside {
  readonly packages: readonly BundledPackage[];
  /** What is inside speedscope, one of them. */
  readonly inside: readonly InsidePackage[];
  readonly nodes: readonly NodePackage[];
  /** `process.versions` of that Node: itself and what it is linked with. */
  readonly nodeVersions: Readonly<Record<string, string>>;
}

/** Versions in `process.versions` that are no software. */
const NO_SOFTWARE = ["node", "modules", "napi", "cldr", "tz", "unicode"];

/** The text of the list. It has no time and no serial number: the same release makes the same text. Pure. */
export function sbomText({ packages, inside, nodes, nodeVersions }: Inside): string {
  const root = `pkg:npm/${config.name}@${config.version}`;
  const ofNode = Object.entries(nodeVersions).filter(([name]) => !NO_SOFTWARE.includes(name));
  const components = [
    ...packages.map(({ name, version, license, integrity }) => ({
      type: "library",
      ...component(name, version, integrity),
      licenses: [{ expression: license }],
    })),
    ...inside.map(({ name, version, license }) => {
      const purl = purlOf(name, version);
      return {
        type: "library",
        "bom-ref": `speedscope/${purl}`,
        name,
        ...(version === undefined ? {} : { version }),
        purl,
        description: "inside the script of speedscope",
        licenses: [{ expression: license }],
      };
    }),
    ...nodes.map(({ name, version, integrity }) => ({
      type: "platform",
      ...component(name, version, integrity),
      description: "Node.js, the base of one of the executables",
      licenses: [{ license: { name: "Node.js, see LICENSE-node.txt" } }],
    })),
    ...ofNode.map(([name, version]) => ({
      type: "library",
      "bom-ref": `node/${name}@${version}`,
      name,
      version,
      description: "linked into Node.js",
    })),
  ];
  const list = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": root,
        name: config.name,
        version: config.version,
        licenses: [{ expression: config.license }],
        purl: root,
      },
    },
    components,
    dependencies: [{ ref: root, dependsOn: components.map((it) => it["bom-ref"]) }],
  };
  return JSON.stringify(list, null, 2) + "\n";
}

function component(name: string, version: string, integrity: string) {
  const purl = purlOf(name, version);
  const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
  return { "bom-ref": purl, name, version, purl, hashes: [{ alg: "SHA-512", content }] };
}

function purlOf(name: string, version?: string): string {
  return `pkg:npm/${name.replace("@", "%40")}${version === undefined ? "" : `@${version}`}`;
}
