export default defineNuxtConfig({ telemetry: false, devtools: { enabled: false }, sourcemap: { server: true }, compatibilityDate: "2026-01-01" });
