/** The words of settings that other pages use too. */
export const settingsText = {
  settings: {
    title: "Settings",
    sections: "Settings sections",
    appearance: "Appearance",
    models: "Models",
    repositories: "Repositories",
    saved: "Saved.",
  },

  models: {
    demoName: (name: string) => `${name} (demo)`,
    demoDetail:
      "Built in, for trying things out: it does what a script in the message says, and thinks nothing of its own. No key, no network, no cost.",
  },
};
