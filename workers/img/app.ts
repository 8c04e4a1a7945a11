import { Hono } from "hono";
import { getFiles } from "#data/files";
import { forTenant } from "#data/tenant-db";
import type { Env } from "#platform/env";
import { fileResponse } from "#platform/file-response";
import { ProblemError, problemOf, problemResponse } from "#platform/problem-response";
import { verifyFilePass } from "#platform/tokens";

/** The origin for user files, `img.BASE/{pass}`: it sets and reads no cookie; the pass in the address opens one file. */
export const imgApp = new Hono<{ Bindings: Env }>();

imgApp.onError((error) => problemResponse(problemOf(error)));

imgApp.get("/:pass", async ({ env, req }) => {
  const pass = await verifyFilePass(env, req.param("pass"));
  const [file] = pass ? await getFiles(forTenant(env, pass), [pass.fileId]) : [];
  if (!pass || !file)
    throw new ProblemError({ code: "not_found", detail: "There is no such file, or its address is too old." });
  return fileResponse(env, pass.orgId, file);
});
