import { defineConfig } from "vitest/config";

// Integration and e2e tests run real processes: one file at a time, so that two cores are not shared by ten servers.
const processTests = { testTimeout: 60_000, hookTimeout: 180_000, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "model", include: ["test/model/**/*.test.ts"] } },
      { test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...processTests } },
      { test: { name: "conformance", include: ["test/conformance/*.test.ts"], ...processTests } },
      { test: { name: "clients", include: ["test/clients/*.test.ts"], ...processTests } },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...processTests } },
    ],
  },
});
