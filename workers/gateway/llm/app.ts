import { Hono } from "hono";
import type { Env } from "#platform/env";

export const llmApp = new Hono<{ Bindings: Env }>();
