import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

export interface Page {
  title: string;
  body: Html;
  status?: number;
  /** Origins to which a form's answer may lead, besides this host. */
  formTargets?: string[];
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f7f8f7; --paper: #fff; --line: #d3d8d6; --mark: #7c8682; --quiet: #535c58; --text: #171b1a;
  --accent: #0b6576; --on-accent: #fff; --hover: #eff1f0; --red: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #121514; --paper: #171b1a; --line: #353d3a; --mark: #8f9b96; --quiet: #a9b4af;
  --text: #edf1ef; --accent: #5cc3d6; --on-accent: #06222a; --hover: #262c2a; --red: #ff9389; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/24px Inter, system-ui, sans-serif; }
main { max-width: 440px; margin: 0 auto; padding: 48px 16px; }
h1 { font-size: 24px; line-height: 32px; margin: 0 0 8px; }
h2 { font-size: 15px; line-height: 24px; margin: 32px 0 8px; }
p { margin: 0 0 16px; color: var(--quiet); overflow-wrap: anywhere; }
a { color: var(--accent); }
ul { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--paper); }
li + li { border-top: 1px solid var(--line); }
button { font: inherit; color: inherit; cursor: pointer; border-radius: 6px; border: 1px solid var(--line); background: var(--paper);
  padding: 8px 16px; min-height: 40px; }
button:hover { background: var(--hover); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
li button { display: block; width: 100%; text-align: left; border: 0; border-radius: 0; padding: 12px 16px; }
li span { display: block; font-size: 13px; line-height: 20px; color: var(--quiet); overflow-wrap: anywhere; }
label { display: block; margin: 0 0 12px; }
label.check { display: flex; gap: 8px; align-items: center; }
input:not([type=checkbox]) { display: block; width: 100%; font: inherit; color: inherit; background: var(--paper); padding: 7px 12px; min-height: 40px;
  border: 1px solid var(--mark); border-radius: 6px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
li button:focus-visible { outline-offset: -2px; }
form.quiet { margin-top: 24px; }
code { font: 13px/20px ui-monospace, monospace; }
`;

/**
 * A page of this room: it works without scripts, and its policy allows none. Chromium holds `form-action` against every redirect
 * that follows a form, so the origins to which a form leads are named.
 */
export async function pageResponse({ title, body, status = 200, formTargets = [] }: Page): Promise<Response> {
  const nonce = crypto.randomUUID();
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body>
<main>${body}</main>
</body>
</html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `form-action ${["'self'", ...formTargets].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(text.toString(), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
      // `no-referrer` makes browsers send `Origin: null` with a page's own forms, which are told from others' by it.
      "referrer-policy": "same-origin",
    },
  });
}
