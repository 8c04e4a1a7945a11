CREATE TABLE `budget_leases` (
	`org_id` text NOT NULL,
	`call_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`run_id` text NOT NULL,
	`month` text NOT NULL,
	`micro_usd` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `call_id`)
);
--> statement-breakpoint
CREATE INDEX `budget_leases_expires` ON `budget_leases` (`org_id`,`expires_at`);--> statement-breakpoint
CREATE TABLE `budgets` (
	`org_id` text PRIMARY KEY NOT NULL,
	`month_micro_usd` integer,
	`conversation_micro_usd` integer,
	`rev` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `conversation_budgets` (
	`org_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`limit_micro_usd` integer,
	`micro_usd` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`org_id`, `conversation_id`)
);
--> statement-breakpoint
CREATE TABLE `month_spendings` (
	`org_id` text NOT NULL,
	`month` text NOT NULL,
	`micro_usd` integer NOT NULL,
	PRIMARY KEY(`org_id`, `month`)
);
