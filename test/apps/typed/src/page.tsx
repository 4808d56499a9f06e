/** @jsxRuntime classic @jsx element */

declare global {
  namespace JSX {
    type Element = string;
    interface IntrinsicElements {
      readonly [tag: string]: unknown;
    }
  }
}

type Attributes = Readonly<Record<string, unknown>> | null;

/** What JSX is turned into calls of. */
export function element(tag: string, attributes: Attributes, ...children: readonly unknown[]): string {
  const names: readonly string[] = Object.keys(attributes ?? {});
  return `<${tag}${names.map((name) => ` ${name}`).join("")}>${children.join("")}</${tag}>`;
}

interface PageProps {
  readonly milliseconds: number;
}

export const RenderPage = ({ milliseconds }: PageProps): JSX.Element => {
  const until: number = performance.now() + milliseconds;
  let page: JSX.Element = <p>nothing</p>;
  while (performance.now() < until) page = <p lang="en">{milliseconds}</p>;
  return page;
};
