import { html } from "hono/html";
import type { AuthorizeRequest } from "./authorize-request.ts";
import { PEOPLE, type Person } from "./people.ts";

/** Asks whom to be. `query` is the request as it came: it is read again when the form comes back. */
export function picker(request: AuthorizeRequest, query: string, fault: string | null) {
  return html`<h1>Who are you?</h1>
<p>This is the development identity provider. <code>${request.clientId}</code> asks who you are; pick anybody, there is no password.</p>
${fault === null ? "" : html`<p role="alert">${fault}</p>`}
<form method="post" action="/authorize">
<input type="hidden" name="query" value="${query}">
<ul aria-label="People">${PEOPLE.map((person) => choice(person))}</ul>
</form>
<h2>Somebody else</h2>
<form method="post" action="/authorize">
<input type="hidden" name="query" value="${query}">
<label>E-mail <input name="email" type="email" required autocomplete="email" maxlength="254" value="${request.loginHint}"></label>
<label>Name <input name="name" autocomplete="name" maxlength="80"></label>
<label>Groups <input name="groups" maxlength="500" placeholder="staff, leads"></label>
<label class="check"><input type="checkbox" name="verified" value="yes" checked> The address is verified</label>
<button class="primary">Continue</button>
</form>
<form class="quiet" method="post" action="/authorize">
<input type="hidden" name="query" value="${query}">
<button name="refuse" value="yes">Refuse</button>
</form>`;
}

function choice({ sub, name, email, emailVerified, groups }: Person) {
  const about = [
    email,
    emailVerified ? "" : "not verified",
    groups.length > 0 ? `in ${groups.join(", ")}` : "in no group",
  ];
  return html`<li><button name="person" value="${sub}">${name}<span>${about.filter((one) => one !== "").join(" · ")}</span></button></li>`;
}
