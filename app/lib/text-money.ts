/** The words of the budgets in the settings. */
export const budgetsText = {
  title: "Budgets",
  intro:
    "Before each model call the most it may cost is held back. A call that does not fit is refused before anything is sent; its run can be retried once there is room.",
  none: "no limit",
  limits: (month: string, conversation: string) => `Each month: ${month}. Each conversation: ${conversation}.`,
  used: (spent: string, reserved: string | null) =>
    reserved === null
      ? `${spent} spent this month.`
      : `${spent} spent this month, ${reserved} held back for calls under way.`,
  unpriced: (models: string[]) =>
    `No price is known for ${models.join(", ")}: what ${models.length === 1 ? "it costs" : "they cost"} is not counted. Set the price where the provider is edited.`,
  change: "Change budgets",
  notAmount: "is no amount of dollars, such as 25 or 0.50.",
};

/** The words of their form. */
export const budgetFormText = {
  month: "Each month",
  monthHint: "US dollars. Empty: no limit. Months begin at midnight UTC.",
  conversation: "Each conversation",
  conversationHint: "US dollars, in all its time. Empty: no limit.",
};

/** The words of the models' sizes and prices. */
export const pricesText = {
  title: "Sizes and prices",
  hint: "Prices are US dollars per million tokens. Where a field is empty, the grey figure of the price list holds; where there is none, it is unknown.",
  context: "Context, tokens",
  input: "Input",
  output: "Output",
  cached: "Cached input",
  unknown: "unknown",
  of: (field: string, model: string) => `${field} of ${model}`,
};

/** The words of a conversation's budget. */
export const conversationBudgetText = {
  title: "Budget of this conversation",
  spent: (spent: string, limit: string | null) =>
    limit === null ? `${spent} spent, no limit.` : `${spent} of ${limit} spent.`,
  held: (reserved: string) => `${reserved} is held back for calls under way.`,
  own: "Own limit, US dollars",
  ownHint: "Empty: the limit of every conversation.",
  set: "Set",
};

/** The words of what a conversation cost by model. */
export const usageText = {
  title: "By model",
  model: "Model",
  calls: "Calls",
  tokens: "Tokens",
  cost: "Cost",
  unpriced: "No price is known for some of these models, so the cost is not all that was spent.",
};
