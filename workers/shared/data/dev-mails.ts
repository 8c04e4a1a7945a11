import { desc } from "drizzle-orm";
import { devMails } from "./tables/accounts.ts";
import { SystemDb } from "./tenant-db.ts";

export type DevMail = typeof devMails.$inferSelect;

/** Keeps a mail instead of sending it. */
export async function insertDevMail(env: { DB: D1Database }, mail: DevMail): Promise<void> {
  await new SystemDb(env).raw.insert(devMails).values(mail).run();
}

/** The newest hundred, newest first. */
export function listDevMails(env: { DB: D1Database }): Promise<DevMail[]> {
  return new SystemDb(env).raw.select().from(devMails).orderBy(desc(devMails.at), desc(devMails.id)).limit(100);
}
