import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "sqlite", schema: "./workers/shared/data/tables/*.ts", out: "./migrations" });
