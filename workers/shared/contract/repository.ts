import { z } from "zod";
import { repositoryId, timestamp } from "./ids.ts";
import { branchName } from "./workspace.ts";

/** A repository on a git host. `cloneUrl` never holds a credential. */
export const repository = z.object({
  id: repositoryId,
  name: z.string(),
  cloneUrl: z.string(),
  defaultBranch: z.string(),
  /** Hosts its containers may reach, beyond the gateways: names, or `*.` and a name for all below it. */
  allowedHosts: z.array(z.string()),
  createdAt: timestamp,
});
export type Repository = z.infer<typeof repository>;

const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** The whole list of hosts, in place of the one before. */
export const repositoryPatch = z.strictObject({
  allowedHosts: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .max(253)
        .regex(HOST, "must be a host name such as registry.npmjs.org, or *.example.com for all below it"),
    )
    .max(50),
});
export type RepositoryPatch = z.infer<typeof repositoryPatch>;

export const repositoryCreate = z.strictObject({
  cloneUrl: z.string().min(1).max(2048),
  name: z.string().trim().min(1).max(200).optional(),
  /** The branch to work from; without one it is the branch that the remote's HEAD is. */
  defaultBranch: branchName.optional(),
});
export type RepositoryCreate = z.infer<typeof repositoryCreate>;
