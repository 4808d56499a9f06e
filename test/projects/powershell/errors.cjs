// Prints each place of a script of PowerShell, on stdin, at which its grammar does not go on.
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { Language, Parser } = require("web-tree-sitter");

async function main() {
  await Parser.init();
  const grammar = dirname(require.resolve("tree-sitter-powershell/package.json"));
  const parser = new Parser();
  parser.setLanguage(await Language.load(join(grammar, "tree-sitter-powershell.wasm")));
  const nodes = [parser.parse(readFileSync(0, "utf8")).rootNode];
  while (nodes.length > 0) {
    const node = nodes.pop();
    if (node.isError || node.isMissing) console.log(`line ${node.startPosition.row + 1}: ${node.text}`);
    nodes.push(...node.children);
  }
}

main();
