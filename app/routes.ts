/** Every page of the app; `file` is relative to this directory. */
export default [
  {
    file: "routes/account.tsx",
    children: [
      { path: "sign-in", file: "routes/account-sign-in.tsx" },
      { path: "register", file: "routes/account-register.tsx" },
      { path: "forgot", file: "routes/account-forgot.tsx" },
      { path: "reset", file: "routes/account-reset.tsx" },
      { path: "verify", file: "routes/account-verify.tsx" },
      { path: "invitation", file: "routes/account-invitation.tsx" },
      { path: "organisations", file: "routes/account-organisations.tsx" },
      { path: "organisations/new", file: "routes/account-new-organisation.tsx" },
      { path: "no-entry", file: "routes/account-no-entry.tsx" },
    ],
  },
  {
    file: "routes/frame.tsx",
    children: [
      { index: true, file: "routes/home.tsx" },
      { path: "conversations", file: "routes/conversations.tsx" },
      { path: "conversations/new", file: "routes/conversation-new.tsx" },
      { path: "conversations/:id", file: "routes/conversation.tsx" },
      {
        path: "settings",
        file: "routes/settings.tsx",
        children: [
          { index: true, file: "routes/settings-appearance.tsx" },
          { path: "models", file: "routes/settings-models.tsx" },
          { path: "repositories", file: "routes/settings-repositories.tsx" },
          { path: "profile", file: "routes/settings-profile.tsx" },
          { path: "security", file: "routes/settings-security.tsx" },
          { path: "api-keys", file: "routes/settings-api-keys.tsx" },
          { path: "spaces", file: "routes/settings-spaces.tsx" },
          { path: "members", file: "routes/settings-members.tsx" },
          { path: "organisation", file: "routes/settings-organisation.tsx" },
          { path: "identity-providers", file: "routes/settings-identity-providers.tsx" },
          { path: "audit", file: "routes/settings-audit.tsx" },
        ],
      },
      { path: "*", file: "routes/not-found.tsx" },
    ],
  },
];
