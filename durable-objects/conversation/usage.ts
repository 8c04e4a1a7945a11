import { type ConversationUsage, NO_USAGE, usage } from "#contract/usage";
import { addUsage } from "#domain/conversation/evolve";

const field = (name: string) => `SUM(json_extract(body, '$.event.usage.${name}')) AS ${name}`;

/**
 * What the model calls of a conversation used, summed from its log: in all, and per model by name. `after` leaves out what a
 * fork inherited.
 */
export function usageOf(sql: SqlStorage, after: number): ConversationUsage {
  const rows = sql
    .exec(
      `SELECT json_extract(body, '$.event.model') AS model, COUNT(*) AS calls,
         ${Object.keys(NO_USAGE).map(field).join(", ")},
         NULLIF(SUM(COALESCE(json_extract(body, '$.event.usage.unpricedTokens'), 0)), 0) AS unpricedTokens
       FROM events WHERE type = 'usage.recorded' AND seq > ? GROUP BY 1 ORDER BY 1`,
      after,
    )
    .toArray();
  const models = rows.map((row) => ({
    model: String(row.model),
    calls: Number(row.calls),
    usage: usage.parse({ ...row, unpricedTokens: row.unpricedTokens ?? undefined }),
  }));
  return {
    calls: models.reduce((sum, one) => sum + one.calls, 0),
    usage: models.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE),
    models,
  };
}
