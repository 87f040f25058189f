import { defineConfig } from "vitest/config";

// These run real processes, which a busy machine makes late.
const processTests = { testTimeout: 60_000, hookTimeout: 180_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    // So many files at a time, so that a machine of many cores is not shared by fifty servers.
    maxWorkers: 2,
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "model", include: ["test/model/**/*.test.ts"] } },
      { test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...processTests } },
      { test: { name: "conformance", include: ["test/conformance/*.test.ts"], ...processTests } },
      { test: { name: "clients", include: ["test/clients/*.test.ts"], ...processTests } },
      { test: { name: "managers", include: ["test/managers/*.test.ts"], ...processTests } },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...processTests } },
    ],
  },
});
