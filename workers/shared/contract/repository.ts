import { z } from "zod";
import { repositoryId, timestamp } from "./ids.ts";
import { branchName } from "./workspace.ts";

/** A repository on a git host. `cloneUrl` never holds a credential. */
export const repository = z.object({
  id: repositoryId,
  name: z.string(),
  cloneUrl: z.string(),
  defaultBranch: z.string(),
  createdAt: timestamp,
});
export type Repository = z.infer<typeof repository>;

export const repositoryCreate = z.strictObject({
  cloneUrl: z.string().min(1).max(2048),
  name: z.string().trim().min(1).max(200).optional(),
  /** The branch to work from; without one it is the branch that the remote's HEAD is. */
  defaultBranch: branchName.optional(),
});
export type RepositoryCreate = z.infer<typeof repositoryCreate>;
