import { DEMO_REPOSITORY } from "../seed-demo-repository.ts";

/*
 * The demo org of a development machine: an owner, an agent, a repository. Ids are fixed so that a second seeding adds
 * nothing. Identities link by verified address, so that who set a password comes in at the development provider too.
 */
const id = (prefix: string, n: number) => `${prefix}_01900000000070008000${n.toString(16).padStart(12, "0")}`;

/** In ms, of the moment in which it is run. */
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

export const SEED_SQL = `
INSERT OR IGNORE INTO orgs (id, slug, name, link_by_email, created_at) VALUES ('${id("org", 1)}', 'demo', 'Demo', 1, ${NOW});
INSERT OR IGNORE INTO members (org_id, id, kind, name, role, agent_id, created_at) VALUES
  ('${id("org", 1)}', '${id("mem", 1)}', 'human', 'Dev Admin', 'owner', NULL, ${NOW}),
  ('${id("org", 1)}', '${id("mem", 2)}', 'agent', 'Quay', 'member', '${id("agt", 1)}', ${NOW});
INSERT OR IGNORE INTO repositories (org_id, id, name, clone_url, default_branch, created_at) VALUES
  ('${id("org", 1)}', '${id("rep", 1)}', 'demo/${DEMO_REPOSITORY}', 'quayside-demo:${DEMO_REPOSITORY}', 'main', ${NOW});
`;
