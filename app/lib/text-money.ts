/** The words about money that only pages asked for show. */
export const moneyText = {
  budgets: {
    title: "Budgets",
    intro:
      "What model calls may cost. Before each call the most it may cost is held back; a call that does not fit is refused before anything is sent, and its run can be retried once there is room.",
    month: "Each month",
    monthHint: "US dollars. Empty: no limit. Months begin at midnight UTC.",
    conversation: "Each conversation",
    conversationHint: "US dollars, in all its time. Empty: no limit.",
    used: (spent: string, reserved: string | null) =>
      reserved === null
        ? `${spent} spent this month.`
        : `${spent} spent this month, ${reserved} held back for calls under way.`,
    unpriced: (models: string[]) =>
      `No price is known for ${models.join(", ")}: what ${models.length === 1 ? "it costs" : "they cost"} is not counted. Set the price where the provider is edited.`,
    notAmount: "is no amount of dollars, such as 25 or 0.50.",
    saved: "Saved.",
  },

  prices: {
    title: "Sizes and prices",
    hint: "Prices are US dollars per million tokens. Where a field is empty, the grey figure of the price list holds; where there is none, it is unknown.",
    context: "Context, tokens",
    input: "Input",
    output: "Output",
    cached: "Cached input",
    unknown: "unknown",
    of: (field: string, model: string) => `${field} of ${model}`,
  },

  conversation: {
    title: "Budget of this conversation",
    spent: (spent: string, limit: string | null) =>
      limit === null ? `${spent} spent, no limit.` : `${spent} of ${limit} spent.`,
    held: (reserved: string) => `${reserved} is held back for calls under way.`,
    own: "Own limit, US dollars",
    ownHint: "Empty: the limit of every conversation.",
    set: "Set",
  },

  usage: {
    title: "By model",
    model: "Model",
    calls: "Calls",
    tokens: "Tokens",
    cost: "Cost",
    unpriced: "No price is known for some of these models, so the cost is not all that was spent.",
  },
};
