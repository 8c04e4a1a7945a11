import { Hono } from "hono";
import type { AppEnv } from "#platform/route";

export const apiApp = new Hono<AppEnv>();
