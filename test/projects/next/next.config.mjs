export default { turbopack: { root: import.meta.dirname }, experimental: { serverSourceMaps: true } };
