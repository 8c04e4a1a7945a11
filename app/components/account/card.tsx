import type { ReactNode } from "react";
import { signInText } from "../../lib/text-sign-in.ts";

interface CardProps {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
  /** Ways elsewhere, below the card. */
  footer?: ReactNode;
}

/** One thing to do, in the middle of the page. */
export function Card({ title, lead, children, footer }: CardProps) {
  return (
    <>
      <div className="flex flex-col gap-5 rounded-10 border border-n6 bg-n1 px-5 py-6 sm:px-8 sm:py-8">
        <div className="flex flex-col gap-2">
          <h1 className="font-semibold text-18 sm:text-24">{title}</h1>
          {lead && <p className="text-13 text-n11">{lead}</p>}
        </div>
        {children}
      </div>
      {footer && <div className="pt-4 text-center text-13 text-n11">{footer}</div>}
    </>
  );
}

export const linkClass = "text-accent underline underline-offset-2 hover:text-accent-strong";

/** Where a development machine shows what it would have mailed. */
export function DevMails() {
  return (
    <a href="/dev/mail" className={`text-13 ${linkClass}`}>
      {signInText.register.devMail}
    </a>
  );
}
