import { Hono } from "hono";
import type { Env } from "#platform/env";

export const gitApp = new Hono<{ Bindings: Env }>();
