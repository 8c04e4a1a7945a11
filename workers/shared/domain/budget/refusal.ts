import type { Problem } from "#contract/problem";

/** Limits and what is used of them, in micro-USD; `own` is the conversation's. */
export interface UsedMoney {
  monthLimit: number | null;
  monthSpent: number;
  monthReserved: number;
  ownLimit: number | null;
  ownSpent: number;
  ownReserved: number;
}

interface Limited {
  name: string;
  /** Where it is set. */
  place: string;
  limit: number | null;
  spent: number;
  reserved: number;
}

/** Why a call that may cost `needed` micro-USD is refused: which budget, what is left of it, and who can raise it. */
export function overBudget(used: UsedMoney, needed: number): Problem {
  const budgets = [
    {
      name: "month",
      place: "in Settings → Models",
      limit: used.monthLimit,
      spent: used.monthSpent,
      reserved: used.monthReserved,
    },
    {
      name: "conversation",
      place: "under Run details, or of every conversation in Settings → Models",
      limit: used.ownLimit,
      spent: used.ownSpent,
      reserved: used.ownReserved,
    },
  ];
  const over = budgets.find((one) => left(one) < needed) ?? budgets.reduce((a, b) => (left(a) <= left(b) ? a : b));
  const held = over.reserved > 0 ? `, ${dollars(over.reserved)} is held back for calls under way` : "";
  return {
    code: "limit_exceeded",
    detail:
      `This ${over.name}'s budget of ${dollars(over.limit ?? 0)} has ${dollars(Math.max(0, left(over)))} left${held}, ` +
      `and this model call may cost up to ${dollars(needed)}. Nothing was sent. ` +
      `An administrator can raise the budget ${over.place}; then retry.`,
    limit: `budget of the ${over.name}`,
  };
}

function left({ limit, spent, reserved }: Limited): number {
  return limit === null ? Number.POSITIVE_INFINITY : limit - spent - reserved;
}

/** Micro-USD in dollars: cents, or four digits where it is less than one. */
export function dollars(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  return usd > 0 && usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}
