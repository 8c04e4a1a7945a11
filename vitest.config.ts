import { readFileSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import type {} from "./scripts/testing/provided.d.ts";

const testKey = (fill: number) => Buffer.alloc(32, fill).toString("base64");

/** A test that takes this long hangs; what may take how long is asserted in the tests themselves. */
const HANGS_AFTER_MS = 30_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          testTimeout: HANGS_AFTER_MS,
          include: ["**/*.test.ts"],
          exclude: ["**/*.workers.test.ts", "**/*.fault.test.ts", "node_modules/**", "app/build/**"],
        },
      },
      {
        plugins: [
          cloudflareTest(async ({ inject }) => ({
            main: "./workers/index.ts",
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ENVIRONMENT: "development",
                BASE: "localhost:8787",
                AUTH_MODE: "NONE",
                SECRETS_KEY: testKey(1),
                TOKEN_KEY: testKey(2),
                SANDBOX_DRIVER: "local",
                SANDBOX_HOST_URL: inject("sandboxHostUrl"),
                SANDBOX_HOST_SECRET: inject("sandboxHostSecret"),
                MODEL_SERVER_URL: inject("modelServerUrl"),
                WRITE_LIMIT: "off",
                LOG_LEVEL: "silent",
                DEMO_PACE_MS: "0",
                CONTAINER_TEST_URL: process.env.CONTAINER_TEST_URL ?? "",
                FUZZ_SEEDS: process.env.FUZZ_SEEDS ?? "",
                FUZZ_FROM: process.env.FUZZ_FROM ?? "1000",
                FUZZ_STEPS: process.env.FUZZ_STEPS ?? "60",
                REPLAY_RECORDING: process.env.REPLAY_FILE ? readFileSync(process.env.REPLAY_FILE, "utf8") : "",
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
              },
            },
          })),
        ],
        define: { DEVELOPMENT_IDP: "true" },
        test: {
          name: "workerd",
          testTimeout: HANGS_AFTER_MS,
          include: ["**/*.workers.test.ts", "**/*.fault.test.ts"],
          exclude: ["node_modules/**", "app/build/**"],
          globalSetup: ["./scripts/testing/sandbox-host-setup.ts"],
          setupFiles: ["./workers/shared/data/apply-migrations.ts"],
        },
      },
      {
        test: {
          name: "browser",
          include: ["app/e2e/**/*.e2e.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          bail: 1,
        },
      },
    ],
  },
});
